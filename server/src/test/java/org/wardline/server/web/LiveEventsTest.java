package org.wardline.server.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.server.LiveStream;
import org.wardline.server.TestServer;

/** A stream that nobody ends must fail the test and not hang it. */
@Timeout(60)
class LiveEventsTest {
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

  private void publish(String kind) {
    server.app.parts().live().publish(new LiveEvent(kind, "main", new UUID(1, 2)));
  }

  @Test
  void an_event_reaches_the_browser_with_ids_only() throws Exception {
    for (Version version : Version.values()) {
      server.clock.forward(Duration.ofSeconds(40));
      LiveStream stream = LiveStream.open(server, server.signedIn("ana"), version);
      publish("message");
      String ignored = stream.await("event: message");
      assertThat(stream.await("data: "))
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
    LiveStream stream = LiveStream.open(server, browser, Version.HTTP_2);
    HttpResponse<String> ignored = browser.post("/sign-out", Map.of("_csrf", browser.csrfToken()));
    stream.awaitEnd();
  }

  @Test
  void a_session_ended_elsewhere_soon_gets_no_further_event() throws Exception {
    TestServer.Browser browser = server.signedIn("ana");
    LiveStream stream = LiveStream.open(server, browser, Version.HTTP_2);
    boolean ignored =
        server
            .app
            .accounts()
            .accounts()
            .signOutEverywhere(org.wardline.server.accounts.Caller.system("test"), "ana");
    long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    do {
      assertThat(System.nanoTime()).as("the stream still lives").isLessThan(deadline);
      publish("message");
    } while (!stream.endsWithin(Duration.ofMillis(50)));
  }

  @Test
  void a_session_has_a_bounded_number_of_streams() throws Exception {
    TestServer.Browser browser = server.signedIn("ana");
    for (int i = 0; i < 12; i++) {
      LiveStream ignored = LiveStream.open(server, browser, Version.HTTP_1_1);
    }
    assertThatThrownBy(() -> LiveStream.open(server, browser, Version.HTTP_1_1))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void a_browser_that_reads_too_slowly_is_told_to_load_everything_again() throws Exception {
    TestServer.Browser browser = server.signedIn("ana");
    try (SSLSocket socket = server.rawConsole()) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("GET /live HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
                      + "Cookie: __Host-wardline="
                      + browser.cookie().orElseThrow()
                      + "\r\n\r\n")
                  .getBytes(UTF_8));
      socket.getOutputStream().flush();
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      awaitLine(lines, "event: hello");
      // More than the sockets' buffers hold while nobody reads.
      for (int i = 0; i < 200_000; i++) {
        publish("message");
      }
      awaitLine(lines, "event: resync");
    }
  }

  /** Fails by the socket's time-out. */
  private static void awaitLine(BufferedReader lines, String line) throws IOException {
    for (String next = lines.readLine(); ; next = lines.readLine()) {
      assertThat(next).as("the stream ended before %s", line).isNotNull();
      if (line.equals(next)) {
        return;
      }
    }
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
      LiveStream ignored = LiveStream.open(server, browser, version);
    }
    long start = System.nanoTime();
    server.app.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }
}
