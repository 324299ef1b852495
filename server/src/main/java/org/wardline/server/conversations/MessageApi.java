package org.wardline.server.conversations;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.wardline.server.accounts.Access;
import org.wardline.server.accounts.Caller;
import org.wardline.server.consent.ConsentKind;
import org.wardline.server.conversations.SendRequest.IdempotencyKey;
import org.wardline.server.conversations.SendRequest.Purpose;
import org.wardline.server.conversations.SendRequest.Target;
import org.wardline.server.web.Cursor;
import org.wardline.server.web.Json;
import org.wardline.server.web.Parameters;
import org.wardline.server.web.Problem;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.PhoneNumber;

/** {@code /api/v1/messages}: send texts, follow them, read answers. */
final class MessageApi {
  private static final int MAX_KEY_CHARS = 128;
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 500;
  private static final Duration MAX_VALIDITY = Duration.ofDays(7);

  private final Access access;
  private final Conversations conversations;
  private final Clock clock;

  MessageApi(Access access, Conversations conversations, Clock clock) {
    this.access = access;
    this.conversations = conversations;
    this.clock = clock;
  }

  void routes(HttpRules rules) {
    rules.post("/api/v1/messages", access.api("conversation:write", this::send));
    rules.get("/api/v1/messages", access.api("conversation:read", this::list));
    rules.get("/api/v1/messages/{id}", access.api("conversation:read", this::show));
    rules.delete("/api/v1/messages/{id}", access.api("conversation:write", this::recall));
  }

  record MessageBody(
      @Nullable String to,
      @Nullable String line,
      @Nullable String text,
      @Nullable String kind,
      @Nullable String expiresAt,
      @Nullable Boolean again) {
    @Override
    public String toString() {
      return "MessageBody[redacted]";
    }
  }

  private record Accepted(String id, String state) {}

  private void send(Caller caller, ServerRequest request, ServerResponse response) {
    MessageBody body = Json.read(request, MessageBody.class);
    String text = checkText(body.text());
    String line = body.line();
    if (line == null || line.isBlank()) {
      throw Problem.invalid("line is missing. Say which of your lines the text goes out on.");
    }
    ConsentKind kind =
        ConsentKind.ofWireName(Optional.ofNullable(body.kind()).orElse("care"))
            .orElseThrow(
                () ->
                    Problem.invalid("kind must be one of reminders, care, secure-link, outreach."));
    PhoneNumber to =
        PhoneNumber.parse(Optional.ofNullable(body.to()).orElse(""))
            .orElseThrow(
                () ->
                    new Problem(
                        Problem.Type.INVALID_NUMBER,
                        "\"to\" is not a phone number. Write it with country code, for example +13125550100."));
    Optional<IdempotencyKey> key =
        request
            .headers()
            .value(HeaderNames.create("Idempotency-Key"))
            .map(value -> idempotencyKey(caller, value, to, line, text, kind, body.expiresAt()));
    SendOutcome outcome =
        conversations.accept(
            new SendRequest(
                caller,
                new Target.ToNumber(to, line),
                text,
                new Purpose.Text(kind),
                Boolean.TRUE.equals(body.again()),
                expiry(body.expiresAt()),
                key));
    UUID id = accepted(caller, outcome);
    Json.send(
        response.header("Location", "/api/v1/messages/" + id),
        Status.ACCEPTED_202,
        new Accepted(id.toString(), DeliveryState.QUEUED.wireName()));
  }

  /** The id of an accepted text; every other outcome is a problem in words. */
  private UUID accepted(Caller caller, SendOutcome outcome) {
    return switch (outcome) {
      case SendOutcome.Queued queued -> queued.id();
      case SendOutcome.AlreadyAccepted before -> before.id();
      case SendOutcome.KeyReused reused ->
          throw new Problem(
              Problem.Type.IDEMPOTENCY_MISMATCH,
              "This Idempotency-Key was used for another text. Use a new key for every new text.");
      // One answer for both: whether a number is on file is nothing to find out by sending.
      case SendOutcome.NoConsent none -> throw noConsent();
      case SendOutcome.UnknownRecipient unknown -> throw noConsent();
      case SendOutcome.OptedOut out ->
          throw new Problem(
              Problem.Type.OPTED_OUT,
              "The patient opted out of texts. Call, or wait until the patient texts START.");
      case SendOutcome.SameTextBefore before ->
          throw new Problem(
              Problem.Type.DUPLICATE_TEXT,
              "The same text went to this number at "
                  + before.at().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                  + " (message "
                  + before.id()
                  + "). Nothing was queued. To send it once more, say \"again\": true.");
      case SendOutcome.ConsentOnRecord there ->
          throw Problem.invalid("Consent is on record already; there is nothing to ask.");
      case SendOutcome.AskedAlready asked ->
          throw Problem.invalid(
              "The patient was asked twice and has not answered. Ask in person or by phone.");
      case SendOutcome.UnknownLine unknown ->
          throw unknownLine(conversations.writableLines(caller));
    };
  }

  private static Problem noConsent() {
    return new Problem(
        Problem.Type.NO_CONSENT,
        "There is no consent of this kind on record for this number. Put the patient on file (POST"
            + " /api/v1/patients), record consent (PUT /api/v1/patients/{id}/consents/{kind}) or ask"
            + " the patient from the console.");
  }

  /** Names the lines that the caller could have meant, and no other. */
  private static Problem unknownLine(List<Line> lines) {
    String ids = lines.stream().map(Line::id).collect(Collectors.joining(", "));
    return new Problem(
        Problem.Type.UNKNOWN_LINE,
        ids.isEmpty()
            ? "There is no such line, and this client may use none."
            : "There is no such line. This client may use: " + ids + ".");
  }

  /** Checks a text's shape before anything else looks at it. */
  static String checkText(@Nullable String text) {
    if (text == null || text.isBlank()) {
      throw Problem.invalid("text is missing or empty.");
    }
    if (text.length() > Conversations.MAX_TEXT_CHARS) {
      throw new Problem(
          Problem.Type.TOO_LARGE,
          "A text may have at most "
              + Conversations.MAX_TEXT_CHARS
              + " characters; this one has "
              + text.length()
              + ". Send it in parts.");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean lonely =
          Character.isHighSurrogate(c)
              ? i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(++i))
              : Character.isLowSurrogate(c);
      if (lonely || c == 0) {
        throw Problem.invalid(
            "text holds a character that no phone can show (position " + i + ").");
      }
    }
    return text;
  }

  private Optional<Instant> expiry(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    Instant at;
    try {
      at = OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw Problem.invalid(
          "expiresAt must be a moment with zone, such as 2026-11-21T18:30:00Z (RFC 3339).");
    }
    Instant now = clock.instant();
    if (!at.isAfter(now) || at.isAfter(now.plus(MAX_VALIDITY))) {
      throw Problem.invalid(
          "expiresAt must lie in the future, at most " + MAX_VALIDITY.toDays() + " days from now.");
    }
    return Optional.of(at);
  }

  private static IdempotencyKey idempotencyKey(
      Caller caller,
      String key,
      PhoneNumber to,
      String line,
      String text,
      ConsentKind kind,
      @Nullable String expiresAt) {
    if (key.isBlank()
        || key.length() > MAX_KEY_CHARS
        || !key.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw Problem.invalid(
          "Idempotency-Key must have 1 to " + MAX_KEY_CHARS + " printable ASCII characters.");
    }
    return new IdempotencyKey(
        caller.id().orElseThrow(),
        key,
        Conversations.sha256(
            String.join("\n", to.e164(), line, kind.wireName(), String.valueOf(expiresAt), text)));
  }

  private void show(Caller caller, ServerRequest request, ServerResponse response) {
    Json.send(
        response,
        Status.OK_200,
        conversations
            .message(caller, id(request))
            .map(MessageApi::json)
            .orElseThrow(Problem::notFound));
  }

  private void list(Caller caller, ServerRequest request, ServerResponse response) {
    Parameters.only(request, "direction", "line", "after", "limit");
    Optional<String> direction = request.query().first("direction").asOptional();
    if (direction.filter(d -> !d.equals("in") && !d.equals("out")).isPresent()) {
      throw Problem.invalid("direction must be in or out.");
    }
    Cursor after =
        request.query().first("after").asOptional().map(Cursor::parse).orElse(Cursor.START);
    Conversations.MessagePage page =
        conversations
            .messages(
                caller,
                request.query().first("line").orElse("main"),
                direction,
                after,
                limit(request))
            .orElseThrow(() -> unknownLine(conversations.readableLines(caller)));
    Json.send(
        response,
        Status.OK_200,
        Map.of(
            "items", page.items().stream().map(item -> json(item)).toList(), "next", page.next()));
  }

  /** The {@code limit} of a list request. */
  private static int limit(ServerRequest request) {
    String text = request.query().first("limit").orElse(String.valueOf(DEFAULT_LIMIT));
    if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > MAX_LIMIT) {
      throw Problem.invalid("limit must be a number from 1 to " + MAX_LIMIT + ".");
    }
    return Integer.parseInt(text);
  }

  private void recall(Caller caller, ServerRequest request, ServerResponse response) {
    UUID id = id(request);
    if (!conversations.recall(caller, id)) {
      if (conversations.message(caller, id).isEmpty()) {
        throw Problem.notFound();
      }
      throw Problem.invalid("The text has left already and cannot be called back.");
    }
    Json.send(
        response, Status.OK_200, new Accepted(id.toString(), DeliveryState.RECALLED.wireName()));
  }

  private static Map<String, Object> json(Conversations.MessageView view) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", view.id().toString());
    json.put("direction", view.direction());
    json.put("state", view.state());
    json.put("line", view.line());
    json.put("patient", Map.of("id", view.patient().toString()));
    json.put("phone", Map.of("id", view.phone().toString()));
    json.put("text", view.text());
    json.put("kind", view.kind());
    json.put("encoding", view.encoding());
    json.put("segments", view.segments());
    json.put("mayBeDuplicate", view.mayBeDuplicate());
    json.put("createdAt", view.createdAt().toString());
    json.put("history", view.history().stream().map(step -> json(step)).toList());
    return json;
  }

  private static Map<String, Object> json(MessageSteps.Step entry) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", entry.state());
    json.put("at", entry.at().toString());
    json.put("detail", entry.detail());
    return json;
  }

  private static UUID id(ServerRequest request) {
    try {
      return UUID.fromString(request.path().pathParameters().get("id"));
    } catch (IllegalArgumentException e) {
      throw Problem.notFound();
    }
  }
}
