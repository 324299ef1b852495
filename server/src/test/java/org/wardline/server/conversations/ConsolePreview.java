package org.wardline.server.conversations;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import gg.jte.models.runtime.JteModel;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.wardline.server.accounts.Caller;
import org.wardline.server.consent.ConsentState;
import org.wardline.server.conversations.ThreadView.Bubble;
import org.wardline.server.health.HealthReport;
import org.wardline.server.patients.PatientFormSamples;
import org.wardline.server.web.Assets;
import org.wardline.server.web.Page;
import org.wardline.server.web.Pages;

/**
 * Shows the console with invented people at http://localhost:8089/inbox, without any engine, for
 * work on its looks. A text is "sent" and answered; one that contains FAIL is refused.
 *
 * <pre>
 * mvn -o -q -pl smpp-gateway,server test-compile, then run this class with server's test class path
 * </pre>
 */
final class ConsolePreview {
  private static final ZoneId ZONE = ZoneId.of("America/Chicago");
  private static final int PORT = 8089;
  private static final int HISTORY_MESSAGES = 130;
  private static final int PAGE_MESSAGES = 60;

  private static final class Talk {
    final UUID id;
    final String name;
    final boolean known;
    final String phone;
    final ZoneId zone;
    ConsentState consent;
    boolean unread;
    long seen;
    final List<Bubble> bubbles = new ArrayList<>();

    Talk(int n, String name, boolean known, String phone, ConsentState consent, ZoneId zone) {
      this.id = new UUID(0x7a1cL, n);
      this.name = name;
      this.known = known;
      this.phone = phone;
      this.consent = consent;
      this.zone = zone;
    }
  }

  private final Assets assets = new Assets();
  private final Clock clock = Clock.system(ZONE);
  private final Map<UUID, Talk> talks = new LinkedHashMap<>();
  private final List<OutputStream> streams = new CopyOnWriteArrayList<>();
  private final Map<String, UUID> keys = new LinkedHashMap<>();
  private long seq = 1;

  private ConsolePreview() {
    invent();
  }

  public static void main(String[] args) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("localhost", PORT), 0);
    ConsolePreview preview = new ConsolePreview();
    server.createContext("/", exchange -> preview.handle(exchange));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    System.out.println("http://localhost:" + PORT + "/inbox");
  }

  // ---- people and texts --------------------------------------------------------------------

  private Talk talk(String name, String phone, ConsentState consent) {
    return talk(name, true, phone, consent, ZONE);
  }

  private Talk talk(String name, boolean known, String phone, ConsentState consent, ZoneId zone) {
    Talk talk = new Talk(talks.size() + 1, name, known, phone, consent, zone);
    talks.put(talk.id, talk);
    return talk;
  }

  private void say(Talk talk, boolean out, String text, String state, String reason, Duration ago) {
    say(talk, out, text, state, reason, false, "m.alvarez", ago);
  }

  private void say(
      Talk talk,
      boolean out,
      String text,
      String state,
      String reason,
      boolean duplicate,
      String sender,
      Duration ago) {
    talk.bubbles.add(
        new Bubble(
            UUID.randomUUID(),
            seq++,
            out,
            text,
            state,
            reason,
            duplicate,
            out ? sender : "patient",
            clock.instant().minus(ago),
            "gsm7",
            1));
  }

  private void invent() {
    Talk ana = talk("Ana Whitfield", "(312) 555-0100", ConsentState.GRANTED);
    for (int i = HISTORY_MESSAGES; i > 0; i--) {
      boolean out = i % 3 != 0;
      say(
          ana,
          out,
          out
              ? "Reminder: exercises twice a day, see you next week."
              : "Ok, thank you! (" + i + ")",
          out ? "delivered" : "received",
          "",
          Duration.ofHours(70 + 11L * i));
    }
    say(
        ana,
        false,
        "Hi, this is Ana. Can I move my visit on Thursday?",
        "received",
        "",
        Duration.ofHours(26));
    say(
        ana,
        true,
        "Of course. We have Thursday at 2:30 PM or Friday at 9:00 AM. Which one suits you better?",
        "delivered",
        "",
        Duration.ofHours(25));
    say(ana, false, "Friday please", "received", "", Duration.ofMinutes(95));
    say(
        ana,
        true,
        "Done, you are booked for Friday at 9:00 AM. Please come ten minutes early and bring your insurance card.",
        "delivered",
        "",
        Duration.ofMinutes(92));
    say(ana, true, "The entrance is on Oak Street this week.", "sent", "", Duration.ofMinutes(91));
    say(ana, false, "Great. Is there parking?", "received", "", Duration.ofMinutes(4));
    say(ana, false, "And do I need to fast before?", "received", "", Duration.ofMinutes(3));
    ana.unread = true;
    ana.seen = seq - 3;

    Talk omar = talk("عمر الخطيب", "(312) 555-0142", ConsentState.GRANTED);
    say(
        omar,
        true,
        "Hello, your results are ready. Please call us at (312) 555-0199.",
        "delivered",
        "",
        Duration.ofMinutes(40));
    say(
        omar,
        false,
        "شكراً، سأتصل غداً الساعة 10:30 صباحاً",
        "received",
        "",
        Duration.ofMinutes(22));
    say(
        omar,
        false,
        "\u202Egnitset \u202Eedirrevo\u202C\u200B\u200B https://example.test/?q=<b>\"x\"</b>",
        "received",
        "",
        Duration.ofMinutes(21));
    omar.unread = true;

    Talk ben =
        talk(
            "Benedict Oyelaran-Fitzgerald",
            true,
            "(503) 555-0177",
            ConsentState.GRANTED,
            ZoneId.of("America/Los_Angeles"));
    say(
        ben,
        true,
        "Hi Ben, we moved your session to Monday at 4:00 PM.",
        "delivered",
        "",
        false,
        "consent-rules",
        Duration.ofHours(30));
    say(
        ben,
        true,
        "Please confirm with YES.",
        "failed",
        "The carrier says that the number is not in service.",
        Duration.ofHours(3));
    say(ben, true, "Please confirm your visit when you can.", "expired", "", Duration.ofHours(2));
    say(
        ben,
        true,
        "Are you still coming?",
        "unknown",
        "",
        true,
        "m.alvarez",
        Duration.ofMinutes(80));
    say(
        ben,
        true,
        "We sent that by mistake.",
        "recalled",
        "withdrawn by m.alvarez",
        Duration.ofMinutes(70));
    say(ben, true, "See you on Monday!", "submitting", "", Duration.ofMinutes(61));
    say(ben, true, "Bring your exercise log, please.", "queued", "", Duration.ofMinutes(60));

    Talk chloe = talk("Chloe Nguyen", "(312) 555-0111", ConsentState.OPTED_OUT);
    say(chloe, true, "Reminder: visit tomorrow at 8:15 AM.", "delivered", "", Duration.ofHours(28));
    say(chloe, false, "STOP", "received", "", Duration.ofHours(27));
    say(
        chloe,
        true,
        "Lakeside Therapy: You are opted out and will get no more texts from us. Reply START to opt in again.",
        "delivered",
        "",
        false,
        "consent-rules",
        Duration.ofHours(27));

    Talk dan = talk("Daniel Krüger", "(312) 555-0133", ConsentState.NONE);
    dan.consent = ConsentState.NONE;

    Talk eve = talk("Evelyn Marchetti", "(312) 555-0134", ConsentState.REQUESTED);
    say(
        eve,
        true,
        "Lakeside Therapy: May we text you about appointments and your care? Texts are not private. Reply YES to agree, STOP to refuse, HELP for help. Msg & data rates may apply.",
        "delivered",
        "",
        Duration.ofDays(2));

    Talk unknown = talk("(773) 555-0188", false, "(773) 555-0188", ConsentState.NONE, ZONE);
    say(unknown, false, "hello is this the clinic on oak st", "received", "", Duration.ofDays(3));

    Talk fay = talk("Fatima Haddad", "(312) 555-0135", ConsentState.REVOKED);
    say(fay, false, "Please call me instead of texting.", "received", "", Duration.ofDays(9));

    String[] more = {
      "Grace Lindqvist", "Hiro Tanaka", "Imani Brooks", "Jonas Petersen", "Keisha Daniels",
      "Liam O'Connor", "Mei-Ling Zhao", "Noah Goldberg", "Olivia Santos", "Priya Raman"
    };
    for (int i = 0; i < more.length; i++) {
      Talk talk = talk(more[i], "(312) 555-02" + (10 + i), ConsentState.GRANTED);
      say(
          talk,
          i % 2 == 0,
          i % 2 == 0 ? "See you on Tuesday at 3:00 PM." : "Thank you, see you then!",
          i % 2 == 0 ? "delivered" : "received",
          "",
          Duration.ofDays(4 + 25L * i));
    }
  }

  // ---- HTTP --------------------------------------------------------------------------------

  private void handle(HttpExchange exchange) throws IOException {
    try {
      URI uri = exchange.getRequestURI();
      String path = uri.getPath();
      boolean part = exchange.getRequestHeaders().containsKey("HX-Request");
      String query = uri.getQuery() == null ? "" : uri.getQuery();
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (path.startsWith("/assets/")) {
        asset(exchange, path.substring(path.lastIndexOf('/') + 1));
      } else if (path.equals("/live")) {
        live(exchange);
      } else if (path.equals("/session")) {
        send(exchange, 200, "application/json", "{\"idleSecondsLeft\":900}");
      } else if (path.equals("/inbox")) {
        Optional<UUID> open =
            query.startsWith("open=")
                ? Optional.of(UUID.fromString(query.substring(5)))
                : Optional.empty();
        InboxPage inbox =
            query.equals("empty")
                ? new InboxPage(List.of(), Optional.empty(), false, times())
                : inbox(open);
        html(
            exchange,
            200,
            part
                ? Pages.templates().conversationsList(page(path), inbox)
                : Pages.templates().conversationsInbox(page(path), inbox, Optional.empty()));
      } else if (path.equals("/say")) {
        Talk talk = talkOf(new UUID(0x7a1cL, Integer.parseInt(query)));
        say(talk, false, "A new text at " + clock.instant(), "received", "", Duration.ZERO);
        talk.unread = true;
        publish("inbound", talk);
        send(exchange, 200, "text/plain", "ok");
      } else if (path.equals("/sign-in")) {
        Page nobody = new Page(Caller.anonymous("", "localhost"), path, "", Duration.ZERO, assets);
        String message = query.equals("wrong") ? "Login, password or code is not right." : "";
        html(exchange, 200, Pages.templates().accountsSignIn(nobody, message, true, "", ""));
      } else if (path.equals("/portal")) {
        html(exchange, 200, Pages.templates().webPortal(page(path), "Lakeside Therapy"));
      } else if (path.equals("/health")) {
        html(exchange, 200, Pages.templates().healthHealth(page(path), "degraded", health()));
      } else if (path.startsWith("/conversations/")) {
        conversation(exchange, path.split("/"), query, form(body), part);
      } else if (path.startsWith("/messages/")) {
        Talk talk = talkOf(UUID.fromString(form(body).getOrDefault("conversation", "")));
        change(talk, UUID.fromString(path.split("/")[2]), "recalled");
        html(
            exchange,
            200,
            Pages.templates().conversationsThread(page(path), thread(talk, 0, Optional.empty())));
      } else if (path.equals("/patients/new")) {
        html(
            exchange,
            200,
            Pages.templates()
                .patientsCreate(
                    page(path),
                    query.equals("errors")
                        ? PatientFormSamples.empty()
                            .withError("givenName", "Enter the patient’s given name.")
                            .withError(
                                "number-0",
                                "This is not a phone number. Write it like (312) 555-0100, or with + and the country code.")
                        : PatientFormSamples.empty()));
      } else {
        html(
            exchange,
            404,
            Pages.templates()
                .webError(
                    page(path),
                    "Not found",
                    "There is nothing here, or nothing that you may see.",
                    ""));
      }
    } catch (RuntimeException e) {
      e.printStackTrace();
      send(exchange, 500, "text/plain", "preview failed: " + e);
    }
  }

  private void conversation(
      HttpExchange exchange, String[] path, String query, Map<String, String> form, boolean part)
      throws IOException {
    Talk talk = talkOf(UUID.fromString(path[2]));
    Optional<ThreadPage.Notice> notice = Optional.empty();
    int status = 200;
    if (path.length > 3 && path[3].equals("messages")) {
      sleep(600);
      String text = form.getOrDefault("text", "");
      if (text.contains("FAIL")) {
        status = 422;
        notice =
            Optional.of(
                new ThreadPage.Notice(
                    "bad",
                    "This text was refused.",
                    "The preview refuses every text with that word."));
      } else if (keys.putIfAbsent(form.get("key"), talk.id) == null) {
        say(talk, true, text, "queued", "", Duration.ZERO);
        Bubble sent = talk.bubbles.getLast();
        Thread.startVirtualThread(
            () -> {
              for (String state : List.of("submitting", "sent", "delivered")) {
                sleep(700);
                change(talk, sent.id(), state);
              }
              sleep(1_500);
              say(talk, false, "You said: " + text, "received", "", Duration.ZERO);
              talk.unread = true;
              publish("inbound", talk);
            });
      }
    } else if (path.length > 3) {
      talk.consent = path[3].equals("consent") ? ConsentState.GRANTED : ConsentState.REQUESTED;
    }
    long before = query.startsWith("before=") ? Long.parseLong(query.substring(7)) : 0;
    ThreadPage page = thread(talk, before, notice);
    talk.unread = false;
    talk.seen = seq;
    html(
        exchange,
        status,
        part
            ? Pages.templates().conversationsThread(page("/conversations/x"), page)
            : Pages.templates()
                .conversationsInbox(
                    page("/conversations/x"), inbox(Optional.of(talk.id)), Optional.of(page)));
  }

  private void change(Talk talk, UUID message, String state) {
    talk.bubbles.replaceAll(
        b ->
            b.id().equals(message)
                ? new Bubble(
                    b.id(),
                    b.seq(),
                    b.outgoing(),
                    b.text(),
                    state,
                    "",
                    b.mayBeDuplicate(),
                    b.sender(),
                    b.at(),
                    b.encoding(),
                    b.segments())
                : b);
    publish("state", talk);
  }

  private static List<HealthReport.Row> health() {
    return List.of(
        new HealthReport.Row("Database", "ok", "It answers in 2 ms.", "", ""),
        new HealthReport.Row(
            "Carrier link",
            "warn",
            "It has been down for 3 minutes.",
            "Texts wait and go out by themselves when the link is back.",
            "Check the internet connection, then call the carrier."),
        new HealthReport.Row(
            "Archive",
            "failed",
            "It has taken nothing for 2 hours.",
            "Nothing is lost; texts are kept here until the archive is back.",
            "Look at the archive's log."));
  }

  private Talk talkOf(UUID id) {
    return Objects.requireNonNull(talks.get(id), "no such conversation");
  }

  private InboxPage inbox(Optional<UUID> open) {
    List<InboxRow> rows = new ArrayList<>();
    for (Talk talk : talks.values()) {
      Optional<Bubble> last =
          talk.bubbles.isEmpty() ? Optional.empty() : Optional.of(talk.bubbles.getLast());
      rows.add(
          new InboxRow(
              talk.id,
              "main",
              talk.name,
              talk.known,
              last.map(Bubble::text).orElse(""),
              last.map(b -> b.outgoing() ? "out" : "in").orElse(""),
              last.map(Bubble::state).orElse(""),
              last.map(Bubble::at).orElse(clock.instant().minus(Duration.ofHours(29))),
              talk.unread));
    }
    rows.sort((a, b) -> b.at().compareTo(a.at()));
    return new InboxPage(rows, open, false, times());
  }

  private ThreadPage thread(Talk talk, long before, Optional<ThreadPage.Notice> notice) {
    List<Bubble> all = talk.bubbles.stream().filter(b -> before == 0 || b.seq() < before).toList();
    int from = Math.max(0, all.size() - PAGE_MESSAGES);
    List<Bubble> shown = all.subList(from, all.size());
    long newFrom =
        talk.seen == 0
            ? 0
            : shown.stream()
                .filter(b -> !b.outgoing() && b.seq() > talk.seen)
                .mapToLong(Bubble::seq)
                .findFirst()
                .orElse(0);
    ThreadView view =
        new ThreadView(
            talk.id,
            talk.id,
            "main",
            "Main line",
            talk.name,
            talk.known,
            talk.phone,
            talk.zone,
            talk.consent,
            shown,
            from > 0 ? shown.getFirst().seq() : 0,
            newFrom);
    return new ThreadPage(
        view,
        ThreadPage.entries(view, times()),
        before,
        notice,
        "",
        UUID.randomUUID(),
        2000,
        times());
  }

  private ReadableTimes times() {
    return new ReadableTimes(ZONE, clock.instant());
  }

  private Page page(String path) {
    Caller caller =
        new Caller(
            Caller.Kind.PERSON,
            Optional.of(new UUID(0, 1)),
            "m.alvarez",
            "localhost",
            List.of("*"));
    return new Page(caller, path, "preview", Duration.ofMinutes(15), assets);
  }

  private void html(HttpExchange exchange, int status, JteModel model) throws IOException {
    StringOutput out = new StringOutput();
    model.render(out);
    send(exchange, status, "text/html; charset=utf-8", out.toString());
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    exchange
        .getResponseHeaders()
        .add(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    exchange.getResponseHeaders().add("Content-Type", type);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static void asset(HttpExchange exchange, String name) throws IOException {
    String resource =
        name.equals("htmx.js")
            ? "/META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js"
            : "/assets/" + name;
    String type =
        name.endsWith(".css")
            ? "text/css"
            : name.endsWith(".js") ? "text/javascript" : "image/svg+xml";
    try (var in = ConsolePreview.class.getResourceAsStream(resource)) {
      byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
      exchange.getResponseHeaders().add("Content-Type", type);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    }
  }

  private void live(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.write("event: hello\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8));
    out.flush();
    streams.add(out);
  }

  private void publish(String kind, Talk talk) {
    byte[] event =
        ("event: "
                + kind
                + "\ndata: {\"line\":\"main\",\"conversation\":\""
                + talk.id
                + "\",\"seq\":0}\n\n")
            .getBytes(StandardCharsets.UTF_8);
    streams.removeIf(out -> !reaches(out, event));
  }

  private static boolean reaches(OutputStream out, byte[] event) {
    try {
      out.write(event);
      out.flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, String> form(String body) {
    Map<String, String> form = new LinkedHashMap<>();
    for (String pair : body.split("&")) {
      String[] parts = pair.split("=", 2);
      form.put(
          URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
          parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return form;
  }
}
