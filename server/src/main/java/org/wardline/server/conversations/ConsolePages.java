package org.wardline.server.conversations;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.wardline.server.accounts.Access;
import org.wardline.server.accounts.Caller;
import org.wardline.server.consent.ConsentFields;
import org.wardline.server.consent.ConsentKind;
import org.wardline.server.consent.ConsentLedger.Saying;
import org.wardline.server.consent.ConsentMethod;
import org.wardline.server.consent.Consents;
import org.wardline.server.conversations.ThreadPage.Notice;
import org.wardline.server.web.Form;
import org.wardline.server.web.Page;
import org.wardline.server.web.Pages;
import org.wardline.server.web.Problem;

/**
 * The console's inbox and threads. The same addresses answer a browser with a page and a script
 * with the part it asked for: {@code /inbox} with the list, everything below {@code /conversations}
 * with the thread.
 */
final class ConsolePages {
  private static final int MAX_KEY_CHARS = 64;

  private final Access access;
  private final Pages pages;
  private final Conversations conversations;
  private final Consents consents;
  private final Clock clock;
  private final ZoneId practiceZone;

  ConsolePages(
      Access access,
      Pages pages,
      Conversations conversations,
      Consents consents,
      Clock clock,
      ZoneId practiceZone) {
    this.access = access;
    this.pages = pages;
    this.conversations = conversations;
    this.consents = consents;
    this.clock = clock;
    this.practiceZone = practiceZone;
  }

  void routes(HttpRules rules) {
    rules.get("/inbox", access.console("conversation:read", this::inbox));
    rules.get("/conversations/{id}", access.console("conversation:read", this::thread));
    rules.post("/conversations/{id}/messages", access.console("conversation:write", this::send));
    rules.post(
        "/conversations/{id}/consent-request",
        access.console("conversation:write", this::requestConsent));
    rules.post("/conversations/{id}/consent", access.console("consent:write", this::recordConsent));
    rules.post("/messages/{id}/recall", access.console("conversation:write", this::recall));
  }

  private void inbox(Caller caller, ServerRequest request, ServerResponse response) {
    Optional<UUID> open = request.query().first("open").asOptional().flatMap(ConsolePages::uuid);
    InboxPage inbox = inboxPage(caller, open);
    Page page = pages.page(caller, request);
    pages.send(
        response,
        Pages.wantsFragment(request)
            ? Pages.templates().conversationsList(page, inbox)
            : Pages.templates().conversationsInbox(page, inbox, Optional.empty()));
  }

  private void thread(Caller caller, ServerRequest request, ServerResponse response) {
    long before = request.query().first("before").asOptional().map(ConsolePages::seq).orElse(0L);
    show(caller, request, response, id(request), before, Optional.empty(), "");
  }

  private void send(Caller caller, ServerRequest request, ServerResponse response) {
    UUID conversation = id(request);
    Form form = Form.of(request);
    // Browsers post every line break as CR LF; the counter and the carrier know only LF.
    String text = form.text("text").replace("\r\n", "\n");
    Optional<Notice> refused = refusal(text);
    if (refused.isEmpty()) {
      refused =
          refusal(
              conversations.send(
                  caller, conversation, text, form.text("again").equals("1"), key(form)));
    }
    answer(caller, request, response, conversation, refused, text);
  }

  private void requestConsent(Caller caller, ServerRequest request, ServerResponse response) {
    UUID conversation = id(request);
    Optional<Notice> refused =
        refusal(conversations.requestConsent(caller, conversation, key(Form.of(request))));
    answer(caller, request, response, conversation, refused, "");
  }

  private void recordConsent(Caller caller, ServerRequest request, ServerResponse response) {
    UUID conversation = id(request);
    Form form = Form.of(request);
    String wording = form.trimmed("wordingVersion");
    Optional<ConsentMethod> method =
        ConsentMethod.ofWireName(form.text("method"))
            .filter(m -> m == ConsentMethod.PAPER || m == ConsentMethod.VERBAL);
    Optional<Notice> refused;
    if (method.isEmpty()) {
      refused = bad("Consent was not recorded.", "Choose how the patient agreed.");
    } else if (!ConsentFields.isVersion(wording)) {
      refused =
          bad("Consent was not recorded.", "Enter the version of the wording, such as “2026-01”.");
    } else {
      UUID patient =
          conversations
              .open(caller, conversation, 0)
              .map(ThreadView::patientId)
              .orElseThrow(Problem::notFound);
      refused =
          switch (consents.record(
              caller, patient, ConsentKind.CARE, Saying.GRANTED, method.get(), wording)) {
            case RECORDED -> Optional.empty();
            case UNKNOWN_PATIENT -> throw Problem.notFound();
            case PATIENT_OPTED_OUT ->
                bad(
                    "Consent was not recorded.",
                    "The patient texted STOP; only they can undo it, by texting START.");
          };
    }
    answer(caller, request, response, conversation, refused, "");
  }

  private void recall(Caller caller, ServerRequest request, ServerResponse response) {
    UUID conversation = uuid(Form.of(request).text("conversation")).orElseThrow(Problem::notFound);
    Optional<Notice> refused =
        conversations.recall(caller, id(request))
            ? Optional.empty()
            : bad("Too late to recall.", "The text has left already.");
    answer(caller, request, response, conversation, refused, "");
  }

  /** What a person sees after an act: the thread, with words when the act was refused. */
  private void answer(
      Caller caller,
      ServerRequest request,
      ServerResponse response,
      UUID conversation,
      Optional<Notice> refused,
      String text) {
    if (refused.isEmpty() && !Pages.wantsFragment(request)) {
      Pages.redirect(request, response, "/conversations/" + conversation);
    } else {
      show(caller, request, response, conversation, 0, refused, refused.isPresent() ? text : "");
    }
  }

  private void show(
      Caller caller,
      ServerRequest request,
      ServerResponse response,
      UUID conversation,
      long before,
      Optional<Notice> notice,
      String text) {
    ThreadView view =
        conversations.open(caller, conversation, before).orElseThrow(Problem::notFound);
    ReadableTimes times = times();
    ThreadPage thread =
        new ThreadPage(
            view,
            ThreadPage.entries(view, times),
            before,
            notice,
            text,
            UUID.randomUUID(),
            Conversations.MAX_TEXT_CHARS,
            times);
    Page page = pages.page(caller, request);
    pages.send(
        response,
        notice.isPresent() ? Status.UNPROCESSABLE_CONTENT_422 : Status.OK_200,
        Pages.wantsFragment(request)
            ? Pages.templates().conversationsThread(page, thread)
            : Pages.templates()
                .conversationsInbox(
                    page, inboxPage(caller, Optional.of(conversation)), Optional.of(thread)));
  }

  private InboxPage inboxPage(Caller caller, Optional<UUID> open) {
    List<InboxRow> rows = conversations.inbox(caller, Conversations.MAX_INBOX_ROWS);
    return new InboxPage(rows, open, rows.size() == Conversations.MAX_INBOX_ROWS, times());
  }

  private static Optional<Notice> refusal(String text) {
    if (text.isBlank()) {
      return bad("Nothing was sent.", "The text is empty.");
    }
    return text.length() <= Conversations.MAX_TEXT_CHARS
        ? Optional.empty()
        : bad(
            "Nothing was sent.",
            "The text is longer than " + Conversations.MAX_TEXT_CHARS + " characters. Shorten it.");
  }

  private static Optional<Notice> refusal(SendOutcome outcome) {
    return switch (outcome) {
      case SendOutcome.Queued queued -> Optional.empty();
      case SendOutcome.AlreadyAccepted accepted -> Optional.empty();
      case SendOutcome.KeyReused reused ->
          bad("Nothing was sent.", "Another text was sent from this page meanwhile. Try again.");
      case SendOutcome.NoConsent noConsent ->
          bad("Nothing was sent.", "There is no consent on record for this number.");
      case SendOutcome.OptedOut optedOut ->
          bad("Nothing was sent.", "The patient has opted out. Call instead.");
      case SendOutcome.SameTextBefore before ->
          Optional.of(
              new Notice(
                  "bad",
                  "Nothing was sent.",
                  "Exactly this went to the patient a few minutes ago.",
                  true));
      case SendOutcome.ConsentOnRecord there ->
          bad("Nothing was sent.", "Consent is on record already.");
      case SendOutcome.AskedAlready asked ->
          bad(
              "Nothing was sent.",
              "The patient was asked twice and has not answered. Ask in person or by phone, and record it here.");
      case SendOutcome.UnknownRecipient unknown -> throw Problem.notFound();
      case SendOutcome.UnknownLine unknown -> throw Problem.notFound();
    };
  }

  private static Optional<Notice> bad(String what, String next) {
    return Optional.of(new Notice("bad", what, next, false));
  }

  private ReadableTimes times() {
    return new ReadableTimes(practiceZone, clock.instant());
  }

  private static UUID id(ServerRequest request) {
    return uuid(request.path().pathParameters().get("id")).orElseThrow(Problem::notFound);
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A page's address may be edited by hand; nonsense shows the newest messages. */
  private static long seq(String text) {
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String key(Form form) {
    String key = form.trimmed("key");
    return key.isEmpty() || key.length() > MAX_KEY_CHARS ? UUID.randomUUID().toString() : key;
  }
}
