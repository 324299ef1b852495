package org.wardline.server.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient.Version;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.wardline.jdbc.Db;
import org.wardline.server.LiveStream;
import org.wardline.server.TestServer;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.TransportKeys;

/** Whatever becomes of a text is told to open browsers, or "Delivered" waits for a reload. */
class LiveTextsTest {
  private static TestServer server;
  private static Db db;

  @BeforeAll
  static void start() {
    server = new TestServer();
    server.account("live", "clinician");
    db = new Db(server.database.owner());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void a_text_its_delivery_and_the_answer_reach_an_open_browser() throws Exception {
    TestServer.Browser staff = server.signedIn("live");
    String csrf = staff.csrfToken();
    String path =
        staff
            .post(
                "/patients",
                Map.of(
                    "_csrf", csrf,
                    "givenName", "Ana",
                    "familyName", "Live",
                    "number", "(312) 555-0171",
                    "kind", "mobile",
                    "language", "en",
                    "timeZone", "America/Chicago",
                    "consentOnPaper", "on",
                    "wordingVersion", "2026-01"))
            .headers()
            .firstValue("Location")
            .orElseThrow();
    String news =
        "data: {\"line\":\"main\",\"conversation\":\"%s\"}"
            .formatted(path.substring(path.lastIndexOf('/') + 1));
    LiveStream stream = LiveStream.open(server, staff, Version.HTTP_2);

    staff.post(path + "/messages", Map.of("_csrf", csrf, "text", "See you at 9", "key", "live-1"));
    assertTold(stream, "message", news);

    db.run(
        tx -> {
          for (String state : new String[] {"sent", "delivered"}) {
            tx.update(
                """
                INSERT INTO sms.event (outbound_id, state, at, detail)
                SELECT id, ?, ?, '' FROM wardline.message
                """,
                state,
                Instant.now());
          }
          tx.query("SELECT pg_notify('sms_event', '')", row -> "");
        });
    assertTold(stream, "state", news);
    assertThat(staff.get(path).body()).contains("data-state=\"delivered\"");

    SmsQueue gatewaySide =
        new SmsQueue(TransportKeys.loadOrCreate(server.folder.resolve("transport.key")));
    UUID answer = UUID.randomUUID();
    db.run(
        tx -> {
          tx.update(
              "INSERT INTO sms.inbound (id, sealed) VALUES (?, ?)",
              answer,
              gatewaySide.sealInbound(answer, "13125550171", "13125550199", "Fine with me"));
          tx.query("SELECT pg_notify('sms_inbound', '')", row -> "");
        });
    assertTold(stream, "inbound", news);
    assertThat(staff.get(path).body()).contains("Fine with me");
  }

  private static void assertTold(LiveStream stream, String kind, String news)
      throws InterruptedException {
    String ignored = stream.await("event: " + kind);
    assertThat(stream.await("data: ")).isEqualTo(news);
  }
}
