package org.wardline.server.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardline.server.TestServer;

class LiveEventsTest {
  private static final String ENDED = "(ended)";
  private TestServer server;

  @BeforeEach
  void start() {
    server = new TestServer();
    server.account("ana", "clinician");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Lines of a stream as they come; {@link #ENDED} after the last. */
  private BlockingQueue<String> listen(
      TestServer.Browser browser, Version version, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.console() + "/live"))
            .header("Accept", "text/event-stream")
            .header("Cookie", "__Host-wardline=" + browser.cookie().orElseThrow());
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<Stream<String>> response =
        server.client(version).send(request.build(), BodyHandlers.ofLines());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.version()).isEqualTo(version);
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    Thread ignored =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    response.body().forEach(lines::add);
                  } finally {
                    lines.add(ENDED);
                  }
                });
    return lines;
  }

  private static String awaitLine(BlockingQueue<String> lines, String beginning)
      throws InterruptedException {
    while (true) {
      String line = lines.poll(5, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("no line begins with " + beginning);
      }
      if (line.startsWith(beginning)) {
        return line;
      }
      assertThat(line).isNotEqualTo(ENDED);
    }
  }

  private void publish(String kind) {
    server.app.parts().live().publish(new LiveEvent(kind, "main", new UUID(1, 2)));
  }

  @Test
  void an_event_reaches_the_browser_with_ids_only() throws Exception {
    for (Version version : Version.values()) {
      server.clock.forward(Duration.ofSeconds(40));
      BlockingQueue<String> lines = listen(server.signedIn("ana"), version);
      awaitLine(lines, "event: hello");
      publish("message");
      awaitLine(lines, "event: message");
      assertThat(awaitLine(lines, "data: "))
          .isEqualTo(
              "data: {\"line\":\"main\",\"conversation\":\"00000000-0000-0001-0000-000000000002\"}");
    }
  }

  @Test
  void the_console_listens_to_every_kind_that_is_published() throws Exception {
    try (var in = LiveEvents.class.getResourceAsStream("/assets/live.js")) {
      String script = new String(java.util.Objects.requireNonNull(in).readAllBytes(), UTF_8);
      assertThat(script)
          .contains("KINDS = ['inbound', 'message', 'state', 'consent', 'heartbeat', 'resync']");
    }
  }

  @Test
  void sign_out_ends_the_stream_at_once() throws Exception {
    TestServer.Browser browser = server.signedIn("ana");
    BlockingQueue<String> lines = listen(browser, Version.HTTP_2);
    awaitLine(lines, "event: hello");
    HttpResponse<String> ignored = browser.post("/sign-out", Map.of("_csrf", browser.csrfToken()));
    awaitLine(lines, ENDED);
  }

  @Test
  void a_session_ended_elsewhere_gets_no_further_event() throws Exception {
    TestServer.Browser browser = server.signedIn("ana");
    BlockingQueue<String> lines = listen(browser, Version.HTTP_2);
    awaitLine(lines, "event: hello");
    boolean ignored =
        server
            .app
            .accounts()
            .accounts()
            .signOutEverywhere(org.wardline.server.accounts.Caller.system("test"), "ana");
    Thread.sleep(1_100);
    publish("message");
    awaitLine(lines, ENDED);
  }

  @Test
  void a_session_has_a_bounded_number_of_streams() throws Exception {
    TestServer.Browser browser = server.signedIn("ana");
    for (int i = 0; i < 12; i++) {
      awaitLine(listen(browser, Version.HTTP_1_1), "event: hello");
    }
    assertThatThrownBy(() -> listen(browser, Version.HTTP_1_1)).isInstanceOf(AssertionError.class);
  }

  @Test
  void people_without_the_permission_find_no_stream() {
    server.account("ivo", "it");
    assertThat(server.signedIn("ivo").get("/live", "Accept", "text/event-stream").statusCode())
        .isEqualTo(404);
  }

  @Test
  void the_server_stops_quickly_with_open_streams() throws Exception {
    TestServer.Browser browser = server.signedIn("ana");
    for (Version version : Version.values()) {
      awaitLine(listen(browser, version), "event: hello");
    }
    long start = System.nanoTime();
    server.app.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }
}
