package org.wardline.server.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.jdbc.Db;
import org.wardline.server.TestServer;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.TransportKeys;
import tools.jackson.databind.json.JsonMapper;

/** What the queue to the gateway says of a text: sender, urgency, doubt; and when it is full. */
@Timeout(60)
class SendersTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final AtomicInteger NEXT_NUMBER = new AtomicInteger(4_000_000);

  private final TestServer server = new TestServer();
  private final HttpClient http = server.client(HttpClient.Version.HTTP_1_1);
  private final String token = server.token("senders", "patient:*", "conversation:*", "consent:*");
  private final Db db = new Db(server.database.owner());
  private final SmsQueue gatewaySide =
      new SmsQueue(TransportKeys.loadOrCreate(server.folder.resolve("transport.key")));

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> post(String path, String body) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(server.console() + "/api/v1" + path))
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String newPatient() {
    String number = "+1312" + NEXT_NUMBER.getAndIncrement();
    HttpResponse<String> answer =
        post(
            "/patients",
            """
            {"givenName":"Ana","familyName":"Test","phones":[{"number":"%s","kind":"mobile"}],
             "consents":[{"kind":"care","state":"granted","method":"paper","wordingVersion":"t"},
                         {"kind":"reminders","state":"granted","method":"paper","wordingVersion":"t"},
                         {"kind":"outreach","state":"granted","method":"paper","wordingVersion":"t"}]}
            """
                .formatted(number));
    assertThat(answer.statusCode()).isEqualTo(201);
    return number;
  }

  private UUID send(String number, String line, String kind) {
    HttpResponse<String> answer = trySend(number, line, kind);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return UUID.fromString(JSON.readTree(answer.body()).path("id").asString());
  }

  private HttpResponse<String> trySend(String number, String line, String kind) {
    return post(
        "/messages",
        JSON.writeValueAsString(Map.of("to", number, "line", line, "text", "Hello", "kind", kind)));
  }

  private record Queued(String source, int priority, String inDoubt) {}

  private Queued queued(UUID id) {
    return db.inTransaction(
        tx ->
            tx.one(
                "SELECT sealed, priority, in_doubt FROM sms.outbound WHERE id = ?",
                row ->
                    new Queued(
                        gatewaySide.open(id, row.bytes("sealed")).source(),
                        row.intValue("priority"),
                        row.string("in_doubt")),
                id));
  }

  private void fromPhone(String number, String destination) {
    UUID id = UUID.randomUUID();
    byte[] sealed = gatewaySide.sealInbound(id, number.substring(1), destination, "hi");
    db.run(
        tx -> {
          tx.update(
              "INSERT INTO sms.inbound (id, sealed, received_at) VALUES (?, ?, ?)",
              id,
              sealed,
              Instant.now());
          tx.query("SELECT pg_notify('sms_inbound', '')", row -> "");
        });
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (db.inTransaction(
            tx -> tx.query("SELECT 1 FROM wardline.message WHERE id = ?", row -> "", id))
        .isEmpty()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void a_patient_always_gets_a_line_s_texts_from_the_same_number_and_a_pool_is_used() {
    Map<String, String> first = new HashMap<>();
    Set<String> used = new HashSet<>();
    for (int i = 0; i < 24; i++) {
      String number = newPatient();
      String source = queued(send(number, "nurses", "care")).source();
      first.put(number, source);
      used.add(source);
    }
    assertThat(used).containsExactlyInAnyOrder("+13125550197", "+13125550196", "72345");
    first.forEach(
        (number, source) ->
            assertThat(queued(send(number, "nurses", "care")).source()).isEqualTo(source));
  }

  @Test
  void a_patient_who_writes_to_another_number_of_the_line_is_answered_from_it() {
    String number = newPatient();
    String before = queued(send(number, "nurses", "care")).source();
    String other = before.equals("72345") ? "13125550196" : "72345";
    fromPhone(number, other);
    String after = queued(send(number, "nurses", "care")).source();
    assertThat(after.replace("+", "")).isEqualTo(other);
    long threads =
        db.inTransaction(
            tx ->
                tx.one(
                    "SELECT count(*) AS n FROM wardline.conversation", row -> row.longValue("n")));
    assertThat(threads).isEqualTo(1);
  }

  @Test
  void a_line_with_one_number_sends_from_it() {
    String number = newPatient();
    fromPhone(number, "13125550199");
    assertThat(queued(send(number, "main", "care")).source()).isEqualTo("+13125550199");
  }

  @Test
  void answers_are_more_urgent_than_reminders_and_those_than_outreach() {
    String number = newPatient();
    assertThat(queued(send(number, "main", "care")).priority()).isEqualTo(1);
    assertThat(queued(send(number, "main", "reminders")).priority()).isEqualTo(2);
    assertThat(queued(send(number, "main", "outreach")).priority()).isEqualTo(3);
  }

  @Test
  void the_line_says_what_happens_in_doubt() {
    String number = newPatient();
    assertThat(queued(send(number, "main", "care")).inDoubt()).isEqualTo("resend");
    assertThat(queued(send(number, "nurses", "care")).inDoubt()).isEqualTo("ask");
  }

  @Test
  void a_full_queue_puts_programs_off_with_a_time_to_come_back_and_takes_again_when_it_moves() {
    String number = newPatient();
    List<SmsQueue.OutboundText> many = new ArrayList<>();
    for (int i = 0; i < TestServer.MAX_WAITING_TEXTS; i++) {
      many.add(
          new SmsQueue.OutboundText(
              UUID.randomUUID(),
              "main",
              "+13125550199",
              new PhoneNumber("+13125559999"),
              "x",
              1,
              Instant.now().plus(Duration.ofHours(1))));
    }
    db.run(tx -> gatewaySide.enqueue(tx, many));
    HttpResponse<String> refused = await(503, number);
    assertThat(refused.headers().firstValue("Retry-After")).contains("30");
    assertThat(refused.body())
        .contains("urn:wardline:problem:unavailable")
        .contains("wait for the carrier");
    db.run(tx -> tx.update("DELETE FROM sms.outbound"));
    assertThat(await(202, number).statusCode()).isEqualTo(202);
  }

  /** The count is a second old at most. */
  private HttpResponse<String> await(int status, String number) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (true) {
      HttpResponse<String> answer = trySend(number, "main", "care");
      if (answer.statusCode() == status || System.nanoTime() > deadline) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer;
      }
    }
  }
}
