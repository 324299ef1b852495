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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.jdbc.Db;
import org.wardline.server.TestServer;
import tools.jackson.databind.json.JsonMapper;

/** FLOW-6: the same words to the same number within a short time are mostly a mistake. */
@Timeout(60)
class RepeatedTextsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final AtomicInteger NEXT_NUMBER = new AtomicInteger(5_000_000);
  private static final Duration WINDOW = Duration.ofMinutes(5);

  private final TestServer server = new TestServer(WINDOW);
  private final HttpClient http = server.client(HttpClient.Version.HTTP_1_1);
  private final String token = server.token("repeats", "patient:*", "conversation:*", "consent:*");

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> post(String path, Object body) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(server.console() + "/api/v1" + path))
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
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
            Map.of(
                "givenName",
                "Ana",
                "familyName",
                "Test",
                "phones",
                List.of(Map.of("number", number, "kind", "mobile")),
                "consents",
                List.of(
                    Map.of(
                        "kind",
                        "care",
                        "state",
                        "granted",
                        "method",
                        "paper",
                        "wordingVersion",
                        "t"))));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return number;
  }

  private HttpResponse<String> send(String number, String line, String text, boolean again) {
    return post(
        "/messages",
        Map.of("to", number, "line", line, "text", text, "kind", "care", "again", again));
  }

  private int status(String number, String line, String text, boolean again) {
    return send(number, line, text, again).statusCode();
  }

  @Test
  void the_same_words_go_to_the_same_number_once_within_the_window_unless_somebody_insists() {
    String number = newPatient();
    assertThat(status(number, "main", "See you at 9", false)).isEqualTo(202);
    HttpResponse<String> refused = send(number, "main", "See you at 9", false);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body())
        .contains("urn:wardline:problem:duplicate-text")
        .doesNotContain("See you");
    assertThat(status(number, "main", "See you at 10", false)).isEqualTo(202);
    assertThat(status(number, "billing", "See you at 9", false)).isEqualTo(202);
    assertThat(status(newPatient(), "main", "See you at 9", false)).isEqualTo(202);
    assertThat(status(number, "main", "See you at 9", true)).isEqualTo(202);
    server.clock.forward(WINDOW.plusSeconds(1));
    assertThat(status(number, "main", "See you at 9", false)).isEqualTo(202);
  }

  @Test
  void words_that_did_not_arrive_may_be_sent_again_at_once() {
    String number = newPatient();
    HttpResponse<String> first = send(number, "main", "See you at 9", false);
    UUID id = UUID.fromString(JSON.readTree(first.body()).path("id").asString());
    new Db(server.database.owner())
        .run(tx -> tx.update("UPDATE wardline.message SET state = 'failed' WHERE id = ?", id));
    assertThat(status(number, "main", "See you at 9", false)).isEqualTo(202);
  }

  @Test
  void ten_programs_that_send_the_same_words_at_once_send_them_once() throws Exception {
    String number = newPatient();
    AtomicInteger accepted = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    if (status(number, "main", "At once", false) == 202) {
                      accepted.incrementAndGet();
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(accepted).hasValue(1);
  }
}
