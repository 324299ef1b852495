package org.wardline.server.accounts;

import io.github.bucket4j.Bucket;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.wardline.jdbc.Db;
import org.wardline.server.audit.Audit;
import org.wardline.server.web.Csrf;
import org.wardline.server.web.Known;
import org.wardline.server.web.Pages;
import org.wardline.server.web.Problem;

/**
 * Stands before every route: decides who is asking and whether they may. The decision is made in
 * the handler, after routing, because a path can be spelled in many ways.
 */
public final class Access {
  static final String COOKIE = "__Host-wardline";

  /** Set by our scripts on requests that no person caused; they don't prolong a session. */
  private static final HeaderName BACKGROUND = HeaderNames.create("Wardline-Background");

  private static final HeaderName CURRENT_URL = HeaderNames.create("HX-Current-URL");
  private static final String BEARER = "Bearer ";
  private static final Duration STREAM_CHECK = Duration.ofSeconds(1);

  /** So that somebody who guesses tokens cannot fill the disk with audit events. */
  private static final int AUDITED_BAD_TOKENS_PER_MINUTE = 60;

  private final Db db;
  private final Audit audit;
  private final Sessions sessions;
  private final ApiClients clients;
  private final Bucket auditedBadTokens =
      Bucket.builder()
          .addLimit(
              limit ->
                  limit
                      .capacity(AUDITED_BAD_TOKENS_PER_MINUTE)
                      .refillGreedy(AUDITED_BAD_TOKENS_PER_MINUTE, Duration.ofMinutes(1)))
          .build();

  Access(Db db, Audit audit, Sessions sessions, ApiClients clients) {
    this.db = db;
    this.audit = audit;
    this.sessions = sessions;
    this.clients = clients;
  }

  /**
   * A console route: needs a session's cookie and {@code permission}, for conversations on at least
   * one line; the handler looks at the line. Signed out goes to sign-in; a missing permission looks
   * like a missing page. Unsafe methods are checked against forged requests.
   */
  public Handler console(String permission, CallerHandler handler) {
    return signedIn(
        (caller, request, response) -> {
          if (!caller.mayOnSomeLine(permission)) {
            denied(caller, "needs " + permission + " at " + route(request));
            throw Problem.notFound();
          }
          handler.handle(caller, request, response);
        });
  }

  /** A console route for everybody who is signed in. */
  public Handler signedIn(CallerHandler handler) {
    return (request, response) -> {
      Optional<Sessions.SignedIn> found = find(request, isBackground(request));
      if (found.isEmpty()) {
        sendToSignIn(request, response);
        return;
      }
      Known.authenticated(request);
      Caller caller = remember(request, found.get());
      try {
        Csrf.check(request, found.get().session().csrfToken());
      } catch (Problem forged) {
        denied(caller, "forged request at " + route(request));
        throw forged;
      }
      handler.handle(caller, request, response);
    };
  }

  /** A REST route: needs a client's bearer token and {@code permission} among its scopes. */
  public Handler api(String permission, CallerHandler handler) {
    return (request, response) -> {
      String address = request.remotePeer().host();
      Optional<Caller> caller = bearer(request).flatMap(token -> clients.find(token, address));
      if (caller.isEmpty()) {
        if (auditedBadTokens.tryConsume(1)) {
          denied(Caller.anonymous("unknown", address), "no valid token at " + route(request));
        }
        throw new Problem(
            Problem.Type.UNAUTHENTICATED,
            "Send a valid token: Authorization: Bearer TOKEN. Tokens end, and can be revoked.");
      }
      Known.authenticated(request);
      request.context().register(caller.get());
      if (!caller.get().mayOnSomeLine(permission)) {
        denied(caller.get(), "needs " + permission + " at " + route(request));
        throw new Problem(Problem.Type.FORBIDDEN, "This token lacks the scope " + permission + ".");
      }
      handler.handle(caller.get(), request, response);
    };
  }

  /**
   * Finds out who asks without refusing anybody, for answers that only look different when signed
   * in. Does not prolong the session.
   */
  public void recognise(ServerRequest request) {
    find(request, true).ifPresent(found -> remember(request, found));
  }

  /**
   * Whether the request's session goes on, for streams: cheap enough to ask before every event. A
   * session that ends elsewhere is noticed within a second.
   */
  public BooleanSupplier stillSignedIn(ServerRequest request) {
    return new BooleanSupplier() {
      private long askedNanos = System.nanoTime();

      @Override
      public boolean getAsBoolean() {
        if (System.nanoTime() - askedNanos < STREAM_CHECK.toNanos()) {
          return true;
        }
        askedNanos = System.nanoTime();
        return find(request, true).isPresent();
      }
    };
  }

  Optional<Sessions.SignedIn> find(ServerRequest request, boolean background) {
    return cookie(request)
        .flatMap(cookie -> sessions.find(cookie, request.remotePeer().host(), background));
  }

  static Optional<String> cookie(ServerRequest request) {
    return request.headers().cookies().first(COOKIE).asOptional();
  }

  static boolean isBackground(ServerRequest request) {
    return request.headers().contains(BACKGROUND) || isStream(request);
  }

  private static boolean isStream(ServerRequest request) {
    return request
        .headers()
        .value(HeaderNames.ACCEPT)
        .filter(accept -> accept.startsWith("text/event-stream"))
        .isPresent();
  }

  private static Caller remember(ServerRequest request, Sessions.SignedIn found) {
    request.context().register(found.session());
    request.context().register(found.caller());
    return found.caller();
  }

  private static void sendToSignIn(ServerRequest request, ServerResponse response) {
    if (isStream(request)) {
      throw new Problem(Problem.Type.UNAUTHENTICATED, "The session is over.");
    }
    boolean safe = request.prologue().method().text().equals("GET");
    String back =
        Pages.wantsFragment(request)
            ? request.headers().value(CURRENT_URL).map(Access::pathOf).orElse("")
            : safe ? request.path().path() : "";
    String target =
        back.isEmpty() || back.equals("/")
            ? "/sign-in"
            : "/sign-in?next=" + URLEncoder.encode(back, StandardCharsets.UTF_8);
    if (Pages.wantsFragment(request) || safe) {
      Pages.redirect(request, response, target);
    } else {
      response.status(Status.SEE_OTHER_303).header(HeaderNames.LOCATION, target).send();
    }
  }

  private static String pathOf(String url) {
    try {
      String path = URI.create(url).getPath();
      return path == null ? "" : path;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static Optional<String> bearer(ServerRequest request) {
    return request
        .headers()
        .value(HeaderNames.AUTHORIZATION)
        .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(value -> value.substring(BEARER.length()).strip());
  }

  private static String route(ServerRequest request) {
    return request.prologue().method().text()
        + " "
        + request.matchingPattern().orElse("(no route)");
  }

  private void denied(Caller caller, String detail) {
    db.run(tx -> audit.record(tx, caller, "access.denied", caller.id(), detail));
  }
}
