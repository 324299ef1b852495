package org.wardline.server.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.wardline.jdbc.Db;
import org.wardline.server.TestServer;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.keys.SystemKeys;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.TransportKeys;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The server's half of a text's life, from REST to the queue and back from the queue. The gateway's
 * side is played by rows that are sealed with its keys. proves CON-1, CON-4, CON-5, MSG-5 (states),
 * AUD-1, EHR-4 (idempotency)
 */
class SpineTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final AtomicInteger NEXT_NUMBER = new AtomicInteger(2_000_000);

  private static TestServer server;
  private static HttpClient http;
  private static String token;
  private static Db db;
  private static SmsQueue gatewaySide;

  record Answer(int status, JsonNode body) {
    String problem() {
      return body.path("type").asString("").replace("urn:wardline:problem:", "");
    }
  }

  @BeforeAll
  static void start() {
    server = new TestServer();
    http = server.client(HttpClient.Version.HTTP_1_1);
    token = server.token("spine", "patient:*", "conversation:*", "consent:*", "audit:read");
    db = new Db(server.database.owner());
    gatewaySide = new SmsQueue(TransportKeys.loadOrCreate(server.folder.resolve("transport.key")));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String number() {
    return "+1312" + NEXT_NUMBER.getAndIncrement();
  }

  private static Answer call(
      String method, String path, String body, String bearer, String... headers) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(server.console() + "/api/v1" + path))
              .header("Authorization", "Bearer " + bearer)
              .timeout(Duration.ofSeconds(20));
      if (headers.length > 0) {
        request.headers(headers);
      }
      if (body.isEmpty()) {
        request.method(method, BodyPublishers.noBody());
      } else {
        request
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
      }
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), JSON.readTree(response.body()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Answer post(String path, String body, String... headers) {
    return call("POST", path, body, token, headers);
  }

  private static Answer get(String path) {
    return call("GET", path, "", token);
  }

  private static String patient(String number, String... consentKinds) {
    List<String> consents = new ArrayList<>();
    for (String kind : consentKinds) {
      consents.add(
          "{\"kind\":\"%s\",\"state\":\"granted\",\"method\":\"paper\",\"wordingVersion\":\"t-1\"}"
              .formatted(kind));
    }
    Answer answer =
        post(
            "/patients",
            "{\"givenName\":\"Ana\",\"familyName\":\"Test\",\"phones\":[{\"number\":\"%s\",\"kind\":\"mobile\"}],\"consents\":[%s]}"
                .formatted(number, String.join(",", consents)));
    assertThat(answer.status()).as("%s", answer).isEqualTo(201);
    return answer.body().path("id").asString();
  }

  private static Answer text(String number, String words, String... headers) {
    return post(
        "/messages",
        JSON.writeValueAsString(
            JSON.createObjectNode()
                .put("to", number)
                .put("line", "main")
                .put("text", words)
                .put("kind", "care")),
        headers);
  }

  private static String accepted(String number, String words) {
    Answer answer = text(number, words);
    assertThat(answer.status()).as("%s", answer).isEqualTo(202);
    assertThat(answer.body().path("state").asString()).isEqualTo("queued");
    return answer.body().path("id").asString();
  }

  private static String state(String message) {
    return get("/messages/" + message).body().path("state").asString();
  }

  /** As the gateway does once it has the whole text: store it and say so. */
  private static void fromPhone(String number, String words) {
    fromPhone(UUID.randomUUID(), number, words);
  }

  private static void fromPhone(UUID id, String number, String words) {
    db.run(
        tx -> {
          tx.update(
              "INSERT INTO sms.inbound (id, sealed) VALUES (?, ?)",
              id,
              gatewaySide.sealInbound(id, number.substring(1), "13125550199", words));
          tx.query("SELECT pg_notify('sms_inbound', '')", row -> "");
        });
  }

  private static void gatewaySays(String message, String... states) {
    db.run(
        tx -> {
          for (String state : states) {
            tx.update(
                "INSERT INTO sms.event (outbound_id, state, at, detail) VALUES (?::uuid, ?, ?, '')",
                message,
                state,
                Instant.now());
          }
          tx.query("SELECT pg_notify('sms_event', '')", row -> "");
        });
  }

  private static void await(String what, BooleanSupplier reached) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not happen within " + PATIENCE + ": " + what);
      }
      Thread.onSpinWait();
      try {
        Thread.sleep(Duration.ofMillis(20));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Texts in the queue for a number, opened as the gateway opens them, in order. */
  private static List<String> queued(String number) {
    record Row(UUID id, byte[] sealed) {}
    List<Row> rows =
        db.inTransaction(
            tx ->
                tx.query(
                    "SELECT id, sealed FROM sms.outbound WHERE state = 'queued' ORDER BY seq",
                    row -> new Row(row.uuid("id"), row.bytes("sealed"))));
    return rows.stream()
        .map(row -> gatewaySide.open(row.id(), row.sealed()))
        .filter(text -> text.destination().equals(number))
        .map(SmsQueue.Opened::text)
        .toList();
  }

  private static long count(String sql, Object... parameters) {
    return db.inTransaction(tx -> tx.one(sql, row -> row.longValue("count"), parameters));
  }

  @Test
  void an_accepted_text_is_stored_audited_archived_and_queued_together() {
    String number = number();
    String patient = patient(number, "care");
    String id = accepted(number, "See you Tuesday");
    assertThat(queued(number)).containsExactly("See you Tuesday");
    assertThat(
            count(
                "SELECT count(*) FROM wardline.audit_event WHERE object_id = ?::uuid AND action = 'message.send'",
                id))
        .isOne();
    assertThat(
            count(
                "SELECT count(*) FROM wardline.archive_outbox WHERE ?::uuid = ANY (event_ids)", id))
        .isOne();
    JsonNode message = get("/messages/" + id).body();
    assertThat(message.path("text").asString()).isEqualTo("See you Tuesday");
    assertThat(message.path("patient").path("id").asString()).isEqualTo(patient);
    assertThat(message.path("encoding").asString()).isEqualTo("gsm7");
    assertThat(message.path("segments").asInt()).isOne();
    assertThat(message.path("mayBeDuplicate").asBoolean()).isFalse();
  }

  @Test
  void a_text_is_accepted_only_after_its_commit() {
    String number = number();
    patient(number, "care");
    String unlucky = server.token("never-committed", "conversation:*");
    // A deferred trigger runs last of all: everything is written, and the commit itself fails.
    db.run(
        tx -> {
          tx.update(
              """
              CREATE FUNCTION wardline.fail() RETURNS trigger LANGUAGE plpgsql
              AS 'BEGIN RAISE EXCEPTION ''on purpose''; END'
              """);
          tx.update(
              """
              CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON wardline.message
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.sender = 'never-committed')
              EXECUTE FUNCTION wardline.fail()
              """);
        });
    String body = "{\"to\":\"%s\",\"line\":\"main\",\"text\":\"Hello\"}".formatted(number);
    try {
      assertThat(call("POST", "/messages", body, unlucky).status()).isEqualTo(500);
    } finally {
      db.run(tx -> tx.update("DROP FUNCTION wardline.fail() CASCADE"));
    }
    assertThat(queued(number)).isEmpty();
    assertThat(call("POST", "/messages", body, unlucky).status()).isEqualTo(202);
  }

  @Test
  void a_text_put_in_another_texts_place_does_not_open() {
    String number = number();
    patient(number, "care");
    String first = accepted(number, "The first of two");
    String second = accepted(number, "The second of two");
    swapSealedTexts(first, second);
    Answer answer = get("/messages/" + first);
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body().toString()).doesNotContain("of two");
    swapSealedTexts(first, second);
    assertThat(get("/messages/" + first).body().path("text").asString())
        .isEqualTo("The first of two");
  }

  private static void swapSealedTexts(String one, String another) {
    db.run(
        tx ->
            tx.update(
                """
                UPDATE wardline.message m SET sealed_text = other.sealed_text
                FROM wardline.message other
                WHERE m.id = ANY (?::uuid[]) AND other.id = ANY (?::uuid[]) AND m.id <> other.id
                """,
                new UUID[] {UUID.fromString(one), UUID.fromString(another)},
                new UUID[] {UUID.fromString(one), UUID.fromString(another)}));
  }

  @Test
  void what_the_gateway_says_becomes_state_and_history() {
    String number = number();
    patient(number, "care");
    String id = accepted(number, "Hello");
    gatewaySays(id, "submitting", "sent", "delivered");
    await("delivered", () -> state(id).equals("delivered"));
    List<String> states = new ArrayList<>();
    get("/messages/" + id)
        .body()
        .path("history")
        .forEach(step -> states.add(step.path("state").asString()));
    assertThat(states).containsExactly("queued", "submitting", "sent", "delivered");
  }

  @Test
  void a_late_event_does_not_take_a_delivered_text_back() {
    String number = number();
    patient(number, "care");
    String id = accepted(number, "Hello");
    gatewaySays(id, "sent", "delivered");
    await("delivered", () -> state(id).equals("delivered"));
    gatewaySays(id, "unknown");
    await("applied", () -> count("SELECT count(*) FROM sms.event") == 0);
    assertThat(state(id)).isEqualTo("delivered");
  }

  @Test
  void reports_of_one_text_that_come_together_end_as_if_they_came_one_by_one() {
    String number = number();
    patient(number, "care");
    List<List<String>> reports =
        List.of(
            // Another gateway took over: its own "sent" is told after the first one's end.
            List.of("submitting", "sent", "delivered", "submitting", "sent"),
            List.of("sent", "failed", "sent"),
            List.of("sent", "expired", "failed", "expired"),
            List.of("sent", "unknown", "delivered", "failed"),
            List.of("sent", "unknown", "expired", "unknown", "delivered"));
    List<String> ends = List.of("delivered", "failed", "failed", "delivered", "delivered");
    for (int i = 0; i < ends.size(); i++) {
      String together = accepted(number, "Together " + i);
      gatewaySays(together, reports.get(i).toArray(String[]::new));
      String alone = accepted(number, "One by one " + i);
      for (String report : reports.get(i)) {
        gatewaySays(alone, report);
        await("applied", () -> count("SELECT count(*) FROM sms.event") == 0);
      }
      assertThat(state(together)).as("%s", reports.get(i)).isEqualTo(ends.get(i));
      assertThat(state(alone)).as("%s", reports.get(i)).isEqualTo(ends.get(i));
    }
  }

  @Test
  void a_receipt_days_late_still_ends_a_text_that_was_called_unknown() {
    String number = number();
    patient(number, "care");
    for (String end : List.of("delivered", "failed", "expired")) {
      String id = accepted(number, "Hello " + end);
      gatewaySays(id, "sent", "unknown");
      await("unknown", () -> state(id).equals("unknown"));
      gatewaySays(id, end);
      await("ended", () -> state(id).equals(end));
      // News that was on its way too long leads back to nothing.
      gatewaySays(id, "sent");
      await("applied", () -> count("SELECT count(*) FROM sms.event") == 0);
      assertThat(state(id)).isEqualTo(end);
    }
  }

  @Test
  void a_text_that_may_be_a_repeat_says_so_in_its_history_and_not_in_its_words() {
    String number = number();
    patient(number, "care");
    UUID id = UUID.randomUUID();
    db.run(
        tx -> {
          tx.update(
              "INSERT INTO sms.inbound (id, sealed, note) VALUES (?, ?, 'Perhaps a repeat')",
              id,
              gatewaySide.sealInbound(id, number.substring(1), "13125550199", "Yes"));
          tx.query("SELECT pg_notify('sms_inbound', '')", row -> "");
        });
    await("received", () -> get("/messages/" + id).status() == 200);
    JsonNode message = get("/messages/" + id).body();
    assertThat(message.path("text").asString()).isEqualTo("Yes");
    assertThat(message.path("history").path(0).path("detail").asString())
        .isEqualTo("Perhaps a repeat");
  }

  @Test
  void the_same_key_sends_once_and_another_body_under_it_is_refused() {
    String number = number();
    patient(number, "care");
    String key = UUID.randomUUID().toString();
    Answer first = text(number, "Once", "Idempotency-Key", key);
    Answer again = text(number, "Once", "Idempotency-Key", key);
    Answer other = text(number, "Twice", "Idempotency-Key", key);
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.problem()).isEqualTo("idempotency-mismatch");
    assertThat(queued(number)).containsExactly("Once");
  }

  @Test
  void a_key_is_forgotten_after_seven_days_and_not_before() {
    String number = number();
    patient(number, "care");
    for (String key : List.of("six-days-old", "eight-days-old")) {
      assertThat(text(number, "Once", "Idempotency-Key", key).status()).isEqualTo(202);
    }
    db.run(
        tx -> {
          String age =
              "UPDATE wardline.idempotency SET created_at = now() - ?::interval WHERE key = ?";
          tx.update(age, "6 days", "six-days-old");
          tx.update(age, "8 days", "eight-days-old");
        });
    assertThat(new OldKeys(db, Instant::now).runOnce()).isZero();
    for (String key : List.of("six-days-old", "eight-days-old")) {
      assertThat(text(number, "Once", "Idempotency-Key", key).status()).isEqualTo(202);
    }
    assertThat(queued(number)).hasSize(3);
  }

  @Test
  void twenty_clients_with_one_key_send_one_text() throws InterruptedException {
    String number = number();
    patient(number, "care");
    String key = UUID.randomUUID().toString();
    Set<String> ids = Collections.synchronizedSet(new HashSet<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () ->
                      ids.add(
                          text(number, "Once", "Idempotency-Key", key)
                              .body()
                              .path("id")
                              .asString())));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ids).hasSize(1);
    assertThat(queued(number)).containsExactly("Once");
  }

  @Test
  void nothing_leaves_without_consent_of_the_right_kind() {
    String number = number();
    patient(number, "reminders");
    Answer answer = text(number, "Hello");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.problem()).isEqualTo("no-consent");
    assertThat(queued(number)).isEmpty();
  }

  @Test
  void bad_requests_are_named_without_quoting_them() {
    String number = number();
    patient(number, "care");
    assertThat(post("/messages", "{\"to\":").problem()).isEqualTo("invalid-request");
    assertThat(text("12", "Hello").problem()).isEqualTo("invalid-number");
    assertThat(text(number, "x".repeat(2_001)).problem()).isEqualTo("too-large");
    assertThat(text(number, "x".repeat(1_048_576)).status()).isEqualTo(413);
    assertThat(text(number, "   ").problem()).isEqualTo("invalid-request");
    Answer unknownLine =
        post(
            "/messages",
            "{\"to\":\"%s\",\"line\":\"nope\",\"text\":\"secret words\"}".formatted(number));
    assertThat(unknownLine.problem()).isEqualTo("unknown-line");
    assertThat(unknownLine.body().toString()).doesNotContain("secret words").doesNotContain(number);
    assertThat(unknownLine.body().path("detail").asString())
        .isEqualTo("There is no such line. This client may use: main, billing, nurses.");
    assertThat(get("/messages?line=nope").body().path("detail").asString())
        .isEqualTo("There is no such line. This client may use: main, billing, nurses.");
    assertThat(post("/messages", "{\"too\":\"x\"}").body().path("detail").asString())
        .contains("too");
    assertThat(queued(number)).isEmpty();
  }

  @Test
  void stop_withdraws_what_waits_blocks_what_comes_and_is_confirmed_once() {
    String number = number();
    String patient = patient(number, "care");
    String waiting = accepted(number, "You have not left yet");
    fromPhone(number, "Stop.");
    await("recalled", () -> state(waiting).equals("recalled"));
    assertThat(queued(number)).singleElement().asString().contains("opted out");
    assertThat(text(number, "Hello?").problem()).isEqualTo("opted-out");
    fromPhone(number, "STOP");
    await(
        "second stop stored",
        () ->
            count(
                    "SELECT count(*) FROM wardline.message WHERE patient_id = ?::uuid AND direction = 'in'",
                    patient)
                == 2);
    assertThat(queued(number)).hasSize(1);
  }

  @Test
  void staff_cannot_undo_a_patients_own_stop_but_the_patient_can() {
    String number = number();
    String patient = patient(number, "care");
    fromPhone(number, "unsubscribe");
    await("opted out", () -> text(number, "Hello?").problem().equals("opted-out"));
    Answer undo =
        call(
            "PUT",
            "/patients/" + patient + "/consents/care",
            "{\"state\":\"granted\",\"method\":\"verbal\",\"wordingVersion\":\"t-1\"}",
            token);
    assertThat(undo.problem()).isEqualTo("opted-out");
    fromPhone(number, "START");
    await("opened again", () -> text(number, "Welcome back").status() == 202);
  }

  private static Answer consent(String patient, String state) {
    return call(
        "PUT",
        "/patients/" + patient + "/consents/care",
        "{\"state\":\"%s\",\"method\":\"verbal\",\"wordingVersion\":\"t-1\"}".formatted(state),
        token);
  }

  @Test
  void a_staff_record_after_a_stop_does_not_hide_it() {
    String number = number();
    String patient = patient(number, "care");
    fromPhone(number, "STOP");
    await("opted out", () -> text(number, "Hello?").problem().equals("opted-out"));
    assertThat(consent(patient, "revoked").status()).isEqualTo(200);
    assertThat(consent(patient, "granted").problem()).isEqualTo("opted-out");
    assertThat(text(number, "Hello?").problem()).isEqualTo("opted-out");
  }

  @Test
  void naming_a_number_that_texted_stop_does_not_open_it() {
    String number = number();
    fromPhone(number, "STOP");
    await("confirmed", () -> queued(number).size() == 1);
    Answer named =
        post(
            "/patients",
            """
            {"givenName":"A","familyName":"B","phones":[{"number":"%s"}],
             "consents":[{"kind":"care","state":"granted","method":"paper","wordingVersion":"t-1"}]}
            """
                .formatted(number));
    assertThat(named.problem()).isEqualTo("opted-out");
    patient(number);
    assertThat(text(number, "Hello?").problem()).isEqualTo("opted-out");
  }

  @Test
  void a_grant_by_staff_cannot_overtake_a_stop() throws InterruptedException {
    for (int round = 0; round < 8; round++) {
      String number = number();
      String patient = patient(number, "care");
      List<Thread> staff = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        staff.add(Thread.ofVirtual().start(() -> consent(patient, "granted")));
      }
      fromPhone(number, "STOP");
      for (Thread one : staff) {
        one.join();
      }
      await("opted out", () -> text(number, "Hello?").problem().equals("opted-out"));
    }
  }

  @Test
  void consent_withdrawn_by_the_staff_stops_texts_that_wait() {
    String number = number();
    String patient = patient(number, "care");
    String waiting = accepted(number, "Waiting");
    Answer revoked =
        call(
            "PUT",
            "/patients/" + patient + "/consents/care",
            "{\"state\":\"revoked\",\"method\":\"verbal\",\"wordingVersion\":\"t-1\"}",
            token);
    assertThat(revoked.status()).isEqualTo(200);
    assertThat(state(waiting)).isEqualTo("recalled");
    assertThat(queued(number)).isEmpty();
    assertThat(text(number, "Hello?").problem()).isEqualTo("opted-out");
  }

  @Test
  void no_text_accepted_around_a_stop_is_still_in_the_queue_after_it() throws InterruptedException {
    for (int round = 0; round < 10; round++) {
      String number = number();
      patient(number, "care");
      List<Thread> senders = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        senders.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int n = 0; n < 5; n++) {
                        text(number, "About the time of the stop");
                      }
                    }));
      }
      fromPhone(number, "STOP");
      for (Thread sender : senders) {
        sender.join();
      }
      await("opted out", () -> text(number, "Hello?").problem().equals("opted-out"));
      assertThat(queued(number)).singleElement().asString().contains("opted out");
    }
  }

  @Test
  void an_unknown_number_gets_a_thread_of_its_own_is_asked_for_consent_and_can_be_named() {
    String number = number();
    fromPhone(number, "Hi, is this the clinic?");
    await("asked", () -> queued(number).size() == 1);
    assertThat(queued(number).getFirst()).contains("May we text you");
    fromPhone(number, "who is this");
    await("asked once more", () -> queued(number).size() == 2);
    fromPhone(number, "hello??");
    fromPhone(number, "Yes");
    await("opened", () -> queued(number).size() == 3);
    assertThat(queued(number).getLast()).contains("Thank you");
    String named = patient(number);
    assertThat(
            count(
                "SELECT count(*) FROM wardline.message WHERE patient_id = ?::uuid AND direction = 'in'",
                named))
        .isEqualTo(4);
    assertThat(text(number, "Welcome").status()).isEqualTo(202);
  }

  @Test
  void help_is_answered_and_two_machines_cannot_talk_for_ever() {
    String number = number();
    String patient = patient(number, "care");
    for (int i = 0; i < 12; i++) {
      fromPhone(number, "HELP");
    }
    await(
        "all stored",
        () ->
            count(
                    "SELECT count(*) FROM wardline.message WHERE patient_id = ?::uuid AND direction = 'in'",
                    patient)
                == 12);
    assertThat(queued(number)).hasSizeBetween(1, 4).allMatch(text -> text.contains("988"));
  }

  @Test
  void inbound_texts_are_read_by_cursor_oldest_first_and_none_is_missed()
      throws InterruptedException {
    String cursor =
        get("/messages?direction=in&line=main&limit=500").body().path("next").asString();
    Set<String> sent = new HashSet<>();
    Thread phones =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 0; i < 60; i++) {
                    fromPhone(number(), "cursor " + i);
                  }
                });
    for (int i = 0; i < 60; i++) {
      sent.add("cursor " + i);
    }
    List<String> read = new ArrayList<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (read.size() < 60 && System.nanoTime() < deadline) {
      JsonNode page = get("/messages?direction=in&line=main&limit=7&after=" + cursor).body();
      for (JsonNode item : page.path("items")) {
        // Texts of other tests may still be on their way behind the first cursor.
        String words = item.path("text").asString();
        if (words.startsWith("cursor ")) {
          read.add(words);
        }
      }
      cursor = page.path("next").asString();
    }
    phones.join();
    assertThat(read).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void another_client_without_the_scope_sees_no_patient_data() {
    String number = number();
    patient(number, "care");
    String id = accepted(number, "Private words");
    String limited = server.token("limited", "audit:read");
    assertThat(call("GET", "/messages/" + id, "", limited).status()).isEqualTo(403);
    String otherLine = server.token("other-line", "conversation:read:billing");
    assertThat(call("GET", "/messages/" + id, "", otherLine).body().toString())
        .doesNotContain("Private words");
    assertThat(call("GET", "/messages?direction=out&line=main", "", otherLine).body().toString())
        .doesNotContain("Private words");
    assertThat(call("GET", "/messages/" + id, "", "wl_wrong").status()).isEqualTo(401);
  }

  @Test
  void every_view_is_audited_with_who_and_whom() {
    String number = number();
    String patient = patient(number, "care");
    String id = accepted(number, "Look at me");
    get("/messages/" + id);
    assertThat(
            count(
                """
                SELECT count(*) FROM wardline.audit_event
                WHERE action = 'message.view' AND object_id = ?::uuid AND ?::uuid = ANY (patient_ids)
                  AND actor_kind = 'client' AND actor_name = 'spine' AND address <> ''
                """,
                id,
                patient))
        .isOne();
  }

  @Test
  void the_servers_own_role_can_neither_change_nor_delete_the_audit() {
    Db own = new Db(server.database.server());
    for (String sql :
        List.of(
            "UPDATE wardline.audit_event SET actor_name = 'nobody'",
            "DELETE FROM wardline.audit_event",
            "TRUNCATE wardline.audit_event",
            "UPDATE wardline.consent_record SET state = 'granted'",
            "DELETE FROM wardline.consent_record")) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> own.run(tx -> tx.update(sql)))
          .as(sql)
          .hasMessageContaining("42501");
    }
  }

  @Test
  void names_numbers_and_texts_are_in_no_table_and_no_log_line_in_clear() {
    String number = number();
    String canary = "canary-" + UUID.randomUUID();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    root.addAppender(logged);
    Logger ours = (Logger) LoggerFactory.getLogger("org.wardline");
    ours.setLevel(Level.DEBUG);
    Answer patient =
        post(
            "/patients",
            """
            {"externalId":"%s-mrn","givenName":"%s-given","familyName":"%s-family",
             "phones":[{"number":"%s","kind":"mobile"}],
             "consents":[{"kind":"care","state":"granted","method":"paper","wordingVersion":"t-1"}]}
            """
                .formatted(canary, canary, canary, number));
    assertThat(patient.status()).isEqualTo(201);
    accepted(number, canary + "-text");
    fromPhone(number, canary + "-answer");
    String id = patient.body().path("id").asString();
    await(
        "answer stored",
        () ->
            count(
                    "SELECT count(*) FROM wardline.message WHERE patient_id = ?::uuid AND direction = 'in'",
                    id)
                == 1);
    List<String> tables =
        db.inTransaction(
            tx ->
                tx.query(
                    """
                    SELECT schemaname || '.' || quote_ident(tablename) AS name FROM pg_tables
                    WHERE schemaname IN ('wardline', 'sms')
                    """,
                    row -> row.string("name")));
    assertThat(tables).hasSizeGreaterThan(15);
    String digits = number.substring(1);
    for (String table : tables) {
      for (String secret : List.of(canary, digits)) {
        String hex = java.util.HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8));
        assertThat(
                count(
                    "SELECT count(*) FROM " + table + " t WHERE t::text LIKE ? OR t::text LIKE ?",
                    "%" + secret + "%",
                    "%" + hex + "%"))
            .as(table)
            .isZero();
      }
    }
    assertThat(server.metrics.text()).doesNotContain(canary).doesNotContain(digits);
    // What is refused must not be quoted either.
    assertThat(post("/messages", "{\"to\": \"" + number + "\", \"text\": " + canary).status())
        .isEqualTo(400);
    assertThat(text(number() + "99999", canary).status()).isEqualTo(422);
    db.run(
        tx ->
            tx.update(
                "INSERT INTO sms.inbound (id, sealed) VALUES (?, ?)",
                UUID.randomUUID(),
                canary.getBytes(StandardCharsets.UTF_8)));
    fromPhone(number, canary + "-last");
    await("set aside", () -> count("SELECT count(*) FROM sms.inbound_aside") == 1);
    db.run(tx -> tx.update("DELETE FROM sms.inbound_aside"));
    root.detachAppender(logged);
    ours.setLevel(null);
    assertThat(List.copyOf(logged.list))
        .isNotEmpty()
        .allSatisfy(
            event ->
                assertThat(
                        event.getFormattedMessage()
                            + (event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                    .doesNotContain(canary)
                    .doesNotContain(digits));
  }

  @Test
  void a_number_on_one_file_cannot_be_put_on_another() {
    String number = number();
    patient(number, "care");
    Answer second =
        post(
            "/patients",
            "{\"givenName\":\"B\",\"familyName\":\"C\",\"phones\":[{\"number\":\"%s\"}]}"
                .formatted(number));
    assertThat(second.status()).isEqualTo(400);
    assertThat(second.body().path("detail").asString())
        .contains("another patient")
        .doesNotContain(number);
  }

  @Test
  void a_text_can_be_recalled_until_it_has_left() {
    String number = number();
    patient(number, "care");
    String id = accepted(number, "Wait");
    assertThat(call("DELETE", "/messages/" + id, "", token).body().path("state").asString())
        .isEqualTo("recalled");
    assertThat(queued(number)).isEmpty();
    assertThat(state(id)).isEqualTo("recalled");
    assertThat(call("DELETE", "/messages/" + id, "", token).status()).isEqualTo(400);
  }

  @Test
  void numbers_are_read_as_people_write_them() {
    assertThat(PhoneNumber.parse("(312) 555-0100")).contains(new PhoneNumber("+13125550100"));
    assertThat(PhoneNumber.parse("555")).isEmpty();
    assertThat(new PhoneNumber("+13125550100").toString()).doesNotContain("312");
  }

  private static long inboundTexts(String number) {
    return db
        .inTransaction(
            tx ->
                tx.query(
                    "SELECT id FROM wardline.message WHERE direction = 'in'",
                    row -> row.uuid("id").toString()))
        .stream()
        .map(id -> get("/messages/" + id).body().path("phone").path("id").asString())
        .filter(phone -> phone.equals(phoneOf(number)))
        .count();
  }

  private static String phoneOf(String number) {
    return server
        .app
        .patients()
        .patients()
        .find(org.wardline.server.accounts.Caller.system("test"), PhoneNumber.of(number))
        .map(id -> get("/patients/" + id).body().path("phones").path(0).path("id").asString())
        .orElse("");
  }

  @Test
  void a_text_that_cannot_be_handled_is_set_aside_and_everybody_elses_arrive() {
    String first = number();
    String second = number();
    UUID unreadable = UUID.randomUUID();
    UUID twice = UUID.randomUUID();
    fromPhone(twice, first, "I am here already");
    await("stored", () -> count("SELECT count(*) FROM wardline.message WHERE id = ?", twice) == 1);
    db.run(
        tx -> {
          String sql = "INSERT INTO sms.inbound (id, sealed) VALUES (?, ?)";
          tx.update(sql, unreadable, new byte[] {1, 2, 3});
          tx.update(
              sql,
              twice,
              gatewaySide.sealInbound(twice, first.substring(1), "13125550199", "the same id"));
          // A sender that the carrier calls a number and that is none.
          tx.update(
              sql, new UUID(1, 1), gatewaySide.sealInbound(new UUID(1, 1), "49110", "1", "hi"));
          UUID good = UUID.randomUUID();
          tx.update(
              sql, good, gatewaySide.sealInbound(good, second.substring(1), "13125550199", "Good"));
          tx.query("SELECT pg_notify('sms_inbound', '')", row -> "");
        });
    await("the others arrive", () -> inboundTexts(second) == 1);
    assertThat(count("SELECT count(*) FROM sms.inbound")).isZero();
    assertThat(count("SELECT count(*) FROM sms.inbound_aside WHERE id = ?", unreadable)).isOne();
    assertThat(count("SELECT count(*) FROM sms.inbound_aside WHERE id = ?", twice)).isOne();
    assertThat(count("SELECT count(*) FROM sms.inbound_aside")).isEqualTo(2);
    assertThat(server.audit())
        .contains("inbound: message.set-aside (IllegalStateException)")
        .contains("inbound: message.set-aside (DbException)");
    db.run(tx -> tx.update("DELETE FROM sms.inbound_aside"));
  }

  @Test
  void news_of_a_text_that_cannot_be_applied_does_not_hold_up_other_news() {
    String number = number();
    patient(number, "care");
    String id = accepted(number, "Hello");
    gatewaySays(UUID.randomUUID().toString(), "no-such-state");
    gatewaySays(id, "sent", "delivered");
    await("delivered", () -> state(id).equals("delivered"));
    assertThat(count("SELECT count(*) FROM sms.event_aside WHERE state = 'no-such-state'")).isOne();
    db.run(tx -> tx.update("DELETE FROM sms.event_aside"));
  }

  private record Archived(UUID id, String kind, byte[] sealed) {}

  /** What waits for the archive about a patient, opened, oldest first. */
  private static List<JsonNode> archived(String patient, String kind) {
    UUID id = UUID.fromString(patient);
    var keys = new PatientKeys(SystemKeys.open(db, server.folder.resolve("root.key")));
    return db.inTransaction(
        tx ->
            tx
                .query(
                    """
                    SELECT e.event_id, e.kind, e.sealed
                    FROM wardline.archive_outbox o,
                         unnest(o.event_ids, o.patient_ids, o.kinds, o.sealed)
                           AS e (event_id, patient_id, kind, sealed)
                    WHERE e.patient_id = ? ORDER BY o.seq
                    """,
                    row ->
                        new Archived(row.uuid("event_id"), row.string("kind"), row.bytes("sealed")),
                    id)
                .stream()
                .filter(event -> event.kind().equals(kind))
                .map(
                    event ->
                        JSON.readTree(keys.of(tx, id).open("archive", event.id(), event.sealed())))
                .toList());
  }

  private static List<String> consentStates(String patient) {
    return archived(patient, "consent").stream()
        .map(event -> event.path("kind").asString() + " " + event.path("state").asString())
        .toList();
  }

  @Test
  void every_consent_record_reaches_the_archive_whoever_made_it() {
    String number = number();
    String patient = patient(number, "care");
    assertThat(
            call(
                    "PUT",
                    "/patients/" + patient + "/consents/care",
                    "{\"state\":\"revoked\",\"method\":\"verbal\",\"wordingVersion\":\"t-1\"}",
                    token)
                .status())
        .isEqualTo(200);
    assertThat(consentStates(patient)).containsExactly("care granted", "care revoked");

    String stranger = number();
    fromPhone(stranger, "Hello, are you open?");
    await("asked", () -> queued(stranger).size() == 1);
    String unnamed =
        server
            .app
            .patients()
            .patients()
            .find(org.wardline.server.accounts.Caller.system("test"), PhoneNumber.of(stranger))
            .orElseThrow()
            .toString();
    assertThat(consentStates(unnamed)).containsExactly("care requested");
    fromPhone(stranger, "STOP");
    await("opted out", () -> consentStates(unnamed).contains("all revoked"));
    assertThat(consentStates(unnamed))
        .hasSize(
            (int)
                count(
                    "SELECT count(*) FROM wardline.consent_record WHERE patient_id = ?::uuid",
                    unnamed));
  }

  @Test
  void a_recalled_texts_history_reaches_the_archive_on_every_path() {
    String number = number();
    String patient = patient(number, "care");
    String byStaff = accepted(number, "Recall me");
    assertThat(call("DELETE", "/messages/" + byStaff, "", token).status()).isEqualTo(200);
    String byRevoke = accepted(number, "Revoke me");
    assertThat(
            call(
                    "PUT",
                    "/patients/" + patient + "/consents/care",
                    "{\"state\":\"revoked\",\"method\":\"verbal\",\"wordingVersion\":\"t-1\"}",
                    token)
                .status())
        .isEqualTo(200);
    String stopper = number();
    String second = patient(stopper, "care");
    String byStop = accepted(stopper, "Stop me");
    fromPhone(stopper, "STOP");
    await("recalled", () -> state(byStop).equals("recalled"));
    List<JsonNode> ends = new ArrayList<>(archived(patient, "delivery"));
    ends.addAll(archived(second, "delivery"));
    assertThat(ends.stream().map(end -> end.path("message").asString()))
        .containsExactly(byStaff, byRevoke, byStop);
    for (JsonNode end : ends) {
      assertThat(end.path("history").path(1).path("state").asString()).isEqualTo("recalled");
      assertThat(end.path("mayBeDuplicate").isBoolean()).isTrue();
    }
  }

  @Test
  void the_archive_knows_who_a_patient_was() {
    String number = number();
    String patient = patient(number);
    JsonNode created = archived(patient, "patient").getFirst();
    assertThat(created.path("given").asString()).isEqualTo("Ana");
    assertThat(created.path("phones").path(0).path("number").asString()).isEqualTo(number);

    String stranger = number();
    fromPhone(stranger, "Hello");
    await("asked", () -> queued(stranger).size() == 1);
    String named = patient(stranger);
    assertThat(archived(named, "patient"))
        .extracting(event -> event.path("family").asString())
        .containsExactly("", "Test");
  }
}
