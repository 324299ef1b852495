package org.wardline.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.wardline.jdbc.Db;
import org.wardline.server.TestServer;
import tools.jackson.databind.json.JsonMapper;

/**
 * The audit is written in the transaction of the act: where the database takes no audit event,
 * nothing is done and nothing is shown. An act that forgot its event would go through. proves AUD-1
 */
class AuditTest {
  /** The name of the person, and of the program, whose events the database refuses. */
  private static final String UNWATCHED = "unwatched";

  private static final String CANARY = "canarywords";
  private static final String NUMBER = "+13125550181";

  private static TestServer server;
  private static Db db;
  private static HttpClient http;
  private static String watched;
  private static String unwatched;
  private static TestServer.Browser person;
  private static String csrf;

  @BeforeAll
  static void start() {
    server = new TestServer();
    db = new Db(server.database.owner());
    http = server.client(HttpClient.Version.HTTP_1_1);
    String[] scopes = {"patient:*", "conversation:*", "consent:*", "audit:read", "link:*"};
    watched = server.token("watched", scopes);
    unwatched = server.token(UNWATCHED, scopes);
    server.account(UNWATCHED, "clinician");
    person = server.signedIn(UNWATCHED);
    csrf = person.csrfToken();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> api(String token, String method, String path, String json)
      throws Exception {
    HttpRequest.Builder request =
        person.builder("/api/v1" + path, "Authorization", "Bearer " + token);
    return http.send(
        json.isEmpty()
            ? request.method(method, BodyPublishers.noBody()).build()
            : request
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(json))
                .build(),
        BodyHandlers.ofString());
  }

  private static String id(HttpResponse<String> answer) {
    return new JsonMapper().readTree(answer.body()).path("id").asString();
  }

  private static String patient(String number, String externalId) {
    return """
        {"givenName":"%s","familyName":"Test","externalId":"%s","phones":[{"number":"%s"}],
         "consents":[{"kind":"care","state":"granted","method":"paper","wordingVersion":"t-1"}]}
        """
        .formatted(CANARY, externalId, number);
  }

  private static String text(String number) {
    return "{\"to\":\"%s\",\"line\":\"main\",\"text\":\"%s\"}".formatted(number, CANARY);
  }

  private static HttpResponse<String> posted(String path, String... namesAndValues) {
    Map<String, String> form = new HashMap<>(Map.of("_csrf", csrf));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      form.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return person.post(path, form);
  }

  /** How much there is of everything that an act could leave behind. */
  private static Map<String, Long> rows() {
    Map<String, Long> rows = new HashMap<>();
    for (String table :
        List.of(
            "wardline.message",
            "wardline.message_history",
            "wardline.patient",
            "wardline.conversation",
            "wardline.consent_record",
            "wardline.archive_outbox",
            "wardline.audit_event",
            "sms.link_wanted",
            "sms.test_text",
            "sms.outbound")) {
      rows.put(
          table,
          db.inTransaction(
              tx -> tx.one("SELECT count(*) AS n FROM " + table, row -> row.longValue("n"))));
    }
    return rows;
  }

  @Test
  void what_cannot_be_audited_is_neither_done_nor_shown() throws Exception {
    String patient = id(api(watched, "POST", "/patients", patient(NUMBER, "mrn-1")));
    String message = id(api(watched, "POST", "/messages", text(NUMBER)));
    String thread =
        "/conversations/"
            + db.inTransaction(
                tx -> tx.one("SELECT id FROM wardline.conversation", row -> row.uuid("id")));
    db.run(
        tx ->
            tx.update(
                """
                INSERT INTO sms.link (link, state, detail, since, seen_at, added)
                VALUES ('canarywords', 'bound', '', now(), now(), true)
                """));
    db.run(
        tx -> {
          tx.update(
              """
              CREATE FUNCTION wardline.fail() RETURNS trigger LANGUAGE plpgsql
              AS 'BEGIN RAISE EXCEPTION ''on purpose''; END'
              """);
          tx.update(
              """
              CREATE TRIGGER unwatched BEFORE INSERT ON wardline.audit_event
              FOR EACH ROW WHEN (NEW.actor_name = 'unwatched') EXECUTE FUNCTION wardline.fail()
              """);
        });
    Map<String, Long> before = rows();

    Map<String, HttpResponse<String>> answers = new HashMap<>();
    answers.put("see the inbox", person.get("/inbox"));
    // As a script asks for it: a whole page would show, and audit, the inbox too.
    answers.put("open a thread", person.get(thread, "HX-Request", "true"));
    answers.put("send", posted(thread + "/messages", "text", "Hello", "key", "a-1"));
    answers.put(
        "record consent",
        posted(thread + "/consent", "method", "verbal", "wordingVersion", "2026-01"));
    answers.put(
        "recall",
        posted(
            "/messages/" + message + "/recall",
            "conversation",
            thread.substring("/conversations/".length())));
    answers.put(
        "new patient",
        posted(
            "/patients",
            "givenName",
            "Ana",
            "familyName",
            "Test",
            "number",
            "(312) 555-0182",
            "kind",
            "mobile",
            "language",
            "en",
            "timeZone",
            "America/Chicago"));
    answers.put("read a message", api(unwatched, "GET", "/messages/" + message, ""));
    answers.put("list messages", api(unwatched, "GET", "/messages?line=main", ""));
    answers.put("read a patient", api(unwatched, "GET", "/patients/" + patient, ""));
    answers.put("read the audit", api(unwatched, "GET", "/audit", ""));
    answers.put("send by program", api(unwatched, "POST", "/messages", text(NUMBER)));
    answers.put("be refused", api(unwatched, "POST", "/messages", text("+13125550189")));
    answers.put("recall by program", api(unwatched, "DELETE", "/messages/" + message, ""));
    answers.put(
        "new patient by program",
        api(unwatched, "POST", "/patients", patient("+13125550183", "mrn-2")));
    answers.put(
        "ask who has a number", api(unwatched, "POST", "/patients", patient(NUMBER, "mrn-3")));
    answers.put(
        "revoke consent",
        api(
            unwatched,
            "PUT",
            "/patients/" + patient + "/consents/care",
            "{\"state\":\"revoked\",\"method\":\"verbal\",\"wordingVersion\":\"t-1\"}"));

    answers.put("see the links", api(unwatched, "GET", "/links", ""));
    answers.put("see a link", api(unwatched, "GET", "/links/" + CANARY, ""));
    answers.put("pause a link", api(unwatched, "POST", "/links/" + CANARY + "/pause", ""));
    answers.put("remove a link", api(unwatched, "POST", "/links/" + CANARY + "/remove", ""));
    answers.put(
        "change a link",
        api(
            unwatched,
            "PUT",
            "/links/" + CANARY,
            "{\"settings\":\"host: a\\nsystem-id: b\\npassword: c\"}"));
    answers.put(
        "send a test text",
        api(unwatched, "POST", "/links/" + CANARY + "/test", "{\"to\":\"" + NUMBER + "\"}"));
    answers.put("ask for a way", api(unwatched, "POST", "/routes", "{\"to\":\"+1\"}"));

    List<String> wentThrough = new ArrayList<>();
    answers.forEach(
        (act, answer) -> {
          if (answer.statusCode() != 500 || answer.body().contains(CANARY)) {
            wentThrough.add(act + ": " + answer.statusCode());
          }
        });
    assertThat(wentThrough).isEmpty();
    assertThat(rows()).isEqualTo(before);
    HttpResponse<String> untouched = api(watched, "GET", "/messages/" + message, "");
    assertThat(untouched.body()).contains("\"state\":\"queued\"");
  }
}
