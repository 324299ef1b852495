package org.wardline.server.web;

import java.util.Optional;

/**
 * A request that cannot be done, with words a person can act on (RFC 9457). Thrown from anywhere
 * below a route and made into {@code application/problem+json} or a page in one place. The detail
 * never quotes a text, a name or a number.
 */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The fixed problem types, with the status each is answered with. */
  public enum Type {
    NO_CONSENT("no-consent", 422, "No consent on record"),
    OPTED_OUT("opted-out", 422, "The patient has opted out"),
    PHI_BLOCKED("phi-blocked", 422, "The text holds protected information"),
    QUIET_HOURS("quiet-hours", 422, "Quiet hours"),
    INVALID_NUMBER("invalid-number", 422, "Not a phone number"),
    UNKNOWN_LINE("unknown-line", 422, "Unknown line"),
    DUPLICATE_TEXT("duplicate-text", 409, "The same text was just sent"),
    IDEMPOTENCY_MISMATCH("idempotency-mismatch", 409, "The key was used with another body"),
    INVALID_REQUEST("invalid-request", 400, "The request cannot be read"),
    UNAUTHENTICATED("unauthenticated", 401, "Sign-in needed"),
    FORBIDDEN("forbidden", 403, "Not allowed"),
    NOT_FOUND("not-found", 404, "Not found"),
    TOO_LARGE("too-large", 413, "Too large"),
    TOO_MANY_REQUESTS("too-many-requests", 429, "Too many requests"),
    UNAVAILABLE("unavailable", 503, "Not available now");

    private final String name;
    private final int status;
    private final String title;

    Type(String name, int status, String title) {
      this.name = name;
      this.status = status;
      this.title = title;
    }

    public String urn() {
      return "urn:wardline:problem:" + name;
    }

    public int status() {
      return status;
    }

    public String title() {
      return title;
    }
  }

  private final Type type;
  private final int retryAfterSeconds;

  public Problem(Type type, String detail) {
    this(type, detail, 0);
  }

  private Problem(Type type, String detail, int retryAfterSeconds) {
    super(detail, null, false, false);
    this.type = type;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Something is down or full that will be back; the client is told when to ask again. */
  public static Problem unavailable(String detail, int retryAfterSeconds) {
    return new Problem(Type.UNAVAILABLE, detail, retryAfterSeconds);
  }

  /** The client asks too often and is told when to ask again. */
  public static Problem tooMany(String detail, int retryAfterSeconds) {
    return new Problem(Type.TOO_MANY_REQUESTS, detail, retryAfterSeconds);
  }

  public static Problem notFound() {
    return new Problem(Type.NOT_FOUND, "There is nothing here, or nothing that you may see.");
  }

  public static Problem invalid(String detail) {
    return new Problem(Type.INVALID_REQUEST, detail);
  }

  public Type type() {
    return type;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }

  public Optional<Integer> retryAfterSeconds() {
    return retryAfterSeconds == 0 ? Optional.empty() : Optional.of(retryAfterSeconds);
  }
}
