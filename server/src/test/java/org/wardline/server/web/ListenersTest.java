package org.wardline.server.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.wardline.server.TestServer;
import org.wardline.server.TestServer.RawAnswer;
import tools.jackson.databind.JsonNode;

class ListenersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final List<String> SECURITY_HEADERS =
      List.of(
          "content-security-policy",
          "strict-transport-security",
          "x-content-type-options",
          "referrer-policy",
          "cross-origin-opener-policy",
          "cross-origin-resource-policy",
          "permissions-policy",
          "cache-control");

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = new TestServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> get(Version version, String url) throws Exception {
    return server
        .client(version)
        .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(Version version, String token, byte[] body)
      throws Exception {
    return server
        .client(version)
        .send(
            HttpRequest.newBuilder(URI.create(server.console() + "/api/v1/messages"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build(),
            BodyHandlers.ofString());
  }

  @Test
  void every_answer_of_every_listener_carries_the_security_headers() throws Exception {
    for (String url :
        List.of(
            server.console() + "/sign-in",
            server.console() + "/nothing-here",
            server.console() + "/api/v1/nothing-here",
            server.console() + "/api/v1/health",
            server.portal() + "/",
            server.portal() + "/nothing-here",
            server.metrics() + "/metrics")) {
      Map<String, List<String>> headers = get(Version.HTTP_1_1, url).headers().map();
      assertThat(headers).as(url).containsKeys(SECURITY_HEADERS.toArray(new String[0]));
      assertThat(headers.get("cache-control")).as(url).containsExactly("no-store");
    }
  }

  @Test
  void errors_before_routing_carry_the_security_headers_too() throws Exception {
    try (Socket socket = server.rawConsole()) {
      RawAnswer answer = TestServer.exchange(socket, "GET / HTTP/1.1\r\n\r\n", PATIENCE);
      assertThat(answer.text()).startsWith("HTTP/1.1 400");
      for (String header : SECURITY_HEADERS) {
        assertThat(answer.text()).containsIgnoringCase("\r\n" + header + ": ");
      }
      assertThat(answer.text()).doesNotContain("Exception").doesNotContain("helidon");
    }
  }

  @Test
  void the_console_speaks_http_2_and_the_policy_forbids_inline_scripts() throws Exception {
    HttpResponse<String> page = get(Version.HTTP_2, server.console() + "/sign-in");
    assertThat(page.version()).isEqualTo(Version.HTTP_2);
    assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
        .contains("default-src 'none'")
        .contains("script-src 'self';")
        .doesNotContain("unsafe");
    assertThat(page.body()).doesNotContain("<script>").doesNotContain("style=");
  }

  @Test
  void old_tls_is_refused() throws Exception {
    try (SSLSocket socket = server.rawConsole()) {
      assertThatThrownBy(
              () -> {
                socket.setEnabledProtocols(new String[] {"TLSv1.1"});
                socket.startHandshake();
              })
          .isInstanceOfAny(SSLException.class, IllegalArgumentException.class);
    }
  }

  @Test
  void assets_are_kept_for_ever_under_their_hash_and_nothing_else_is_reachable() throws Exception {
    String page = get(Version.HTTP_2, server.console() + "/sign-in").body();
    int at = page.indexOf("/assets/");
    String css = page.substring(at, page.indexOf('"', at)).replaceAll("/[^/]*$", "/wardline.css");
    HttpResponse<String> asset = get(Version.HTTP_2, server.console() + css);
    assertThat(asset.statusCode()).isEqualTo(200);
    assertThat(asset.headers().firstValue("cache-control").orElseThrow()).contains("immutable");
    assertThat(asset.headers().firstValue("content-type").orElseThrow()).startsWith("text/css");
    String old = css.replaceAll("/assets/[^/]*/", "/assets/0000000000000000/");
    assertThat(get(Version.HTTP_2, server.console() + old).headers().firstValue("cache-control"))
        .contains("no-store");
    for (String path :
        List.of(
            "/assets/x/index.txt",
            "/assets/x/..%2f..%2flogback.xml",
            "/assets/x/../../db/wardline/V1__spine.sql")) {
      assertThat(get(Version.HTTP_1_1, server.console() + path).statusCode())
          .as(path)
          .isGreaterThanOrEqualTo(400);
    }
  }

  @Test
  void a_body_with_transfer_encoding_is_refused_and_its_rest_is_never_read_as_a_request()
      throws Exception {
    String hidden = "GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (String encoding : List.of("chunked", "gzip, chunked", "identity", "Chunked")) {
      try (Socket socket = server.rawConsole()) {
        RawAnswer answer =
            TestServer.exchange(
                socket,
                "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                    + encoding
                    + "\r\nContent-Length: 0\r\n\r\n"
                    + hidden,
                PATIENCE);
        assertThat(answer.text()).as(encoding).startsWith("HTTP/1.1 400");
        assertThat(answer.text().split("HTTP/1\\.1 ", -1)).as(encoding).hasSize(2);
        assertThat(answer.closed()).as(encoding).isTrue();
      }
    }
  }

  @Test
  void a_connection_that_was_to_be_closed_is_closed() throws Exception {
    try (Socket socket = server.rawConsole()) {
      RawAnswer answer =
          TestServer.exchange(
              socket,
              "GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
              PATIENCE);
      assertThat(answer.text()).startsWith("HTTP/1.1 200");
      assertThat(answer.closed()).isTrue();
    }
  }

  @Test
  void heads_over_the_limit_are_refused() throws Exception {
    for (String head :
        List.of(
            "GET /" + "a".repeat(5_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000) + "\r\n\r\n")) {
      try (Socket socket = server.rawConsole()) {
        RawAnswer answer = TestServer.exchange(socket, head, PATIENCE);
        assertThat(answer.text()).startsWith("HTTP/1.1 4");
        assertThat(answer.closed()).isTrue();
      }
    }
  }

  @Test
  void too_large_a_body_is_a_problem_with_words_over_both_versions() throws Exception {
    String token = server.token("large", "conversation:*");
    for (Version version : Version.values()) {
      HttpResponse<String> response = post(version, token, new byte[2_000_000]);
      assertThat(response.statusCode()).isEqualTo(413);
      assertThat(response.headers().firstValue("content-type"))
          .contains("application/problem+json");
      assertThat(response.body()).contains("urn:wardline:problem:too-large");
    }
  }

  @Test
  void wrong_json_is_refused_with_the_place_and_never_with_the_content() throws Exception {
    String token = server.token("json", "conversation:*");
    String canary = "canary7f3a";
    Map<String, String> cases =
        Map.of(
            "{\n \"text\": \"" + canary + "\",\n \"bad\" 1}",
            "line 3",
            // The parser's own words for this one would quote it.
            "{\"text\": " + canary + "}",
            "line 1",
            "{\"text\": \"" + canary + "\", \"zip\": 1}",
            "zip",
            "{\"text\": {\"" + canary + "\": 1}}",
            "text",
            "{\"text\": 5}",
            "text",
            "[" + "[".repeat(100),
            "one JSON object",
            "{\"text\": \"" + canary + "\"} {}",
            "JSON",
            "null",
            "not null",
            "{\"text\": \"a\", \"text\": \"" + canary + "\"}",
            "JSON");
    for (Map.Entry<String, String> wrong : cases.entrySet()) {
      HttpResponse<String> response = post(Version.HTTP_2, token, wrong.getKey().getBytes(UTF_8));
      assertThat(response.statusCode()).as(wrong.getKey()).isEqualTo(400);
      assertThat(response.body())
          .as(wrong.getKey())
          .contains("urn:wardline:problem:invalid-request")
          .contains(wrong.getValue())
          .doesNotContain(canary);
    }
  }

  @Test
  void json_nested_without_end_is_not_followed() {
    assertThatThrownBy(() -> Json.read("[".repeat(100).getBytes(UTF_8), JsonNode.class))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("nested too deeply");
  }

  @Test
  void a_known_address_with_the_wrong_method_is_405_with_allow() throws Exception {
    HttpResponse<String> response =
        server
            .client(Version.HTTP_2)
            .send(
                HttpRequest.newBuilder(URI.create(server.console() + "/api/v1/health"))
                    .DELETE()
                    .build(),
                BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).contains("GET");
  }

  @Test
  void the_answer_to_head_has_no_body() throws Exception {
    try (Socket socket = server.rawConsole()) {
      RawAnswer answer =
          TestServer.exchange(
              socket,
              "HEAD /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
              PATIENCE);
      assertThat(answer.text()).endsWith("\r\n\r\n");
    }
  }

  /** Helidon 4.3.0 loses one of its connection places at each of these. */
  @Test
  void thousands_of_failed_handshakes_do_not_shut_the_console() throws Exception {
    for (int i = 0; i < 2_500; i++) {
      try (Socket socket = server.rawPlain(server.app.web().consolePort())) {
        socket.getOutputStream().write("not TLS\r\n\r\n".getBytes(UTF_8));
        socket.setSoTimeout((int) PATIENCE.toMillis());
        int ignored = socket.getInputStream().read();
      } catch (IOException e) {
        // Refused, as it should be.
      }
    }
    assertThat(get(Version.HTTP_2, server.console() + "/api/v1/health").statusCode())
        .isEqualTo(200);
  }

  @Test
  void stalled_connections_are_ended_within_thirty_seconds() throws Exception {
    Map<String, String> starts =
        Map.of(
            "nothing", "",
            "half a line", "GET / HT",
            "half a head", "GET / HTTP/1.1\r\nHost: localhost\r\nX: ",
            "half a body",
                "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin=");
    Map<String, Duration> ended = new ConcurrentHashMap<>();
    List<Thread> waiting = new java.util.ArrayList<>();
    starts.forEach(
        (name, start) -> {
          waiting.add(waitForEnd(ended, name, start, false));
          waiting.add(waitForEnd(ended, name + ", then a byte now and then", start, true));
        });
    for (Thread thread : waiting) {
      thread.join();
    }
    // Bytes before a request has begun are a request: the drip is ended when its head is late.
    assertThat(ended).hasSize(starts.size() * 2);
    assertThat(ended)
        .allSatisfy((name, took) -> assertThat(took).as(name).isLessThan(Duration.ofSeconds(30)));
  }

  private static Thread waitForEnd(
      Map<String, Duration> ended, String name, String start, boolean drip) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try (Socket socket = server.rawConsole()) {
                if (drip) {
                  Thread ignored =
                      Thread.ofVirtual()
                          .start(
                              () -> {
                                try {
                                  while (true) {
                                    Thread.sleep(2_000);
                                    socket.getOutputStream().write('a');
                                  }
                                } catch (IOException | InterruptedException e) {
                                  // The connection has ended.
                                }
                              });
                }
                RawAnswer answer = TestServer.exchange(socket, start, Duration.ofSeconds(40));
                if (answer.closed()) {
                  ended.put(name, answer.took());
                }
              } catch (IOException e) {
                ended.put(name, Duration.ZERO);
              }
            });
  }

  @Test
  void the_portal_says_honestly_that_there_is_nothing_yet() throws Exception {
    HttpResponse<String> page = get(Version.HTTP_1_1, server.portal() + "/");
    assertThat(page.body()).contains("Lakeside Clinic").contains("not switched on");
    assertThat(get(Version.HTTP_1_1, server.portal() + "/sign-in").statusCode()).isEqualTo(404);
  }

  @Test
  void figures_are_for_this_computers_own_names_only() throws Exception {
    for (String path : List.of("/metrics", "/health")) {
      try (Socket socket = server.rawPlain(server.app.web().metricsPort())) {
        assertThat(
                TestServer.exchange(
                        socket,
                        "GET "
                            + path
                            + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
                        PATIENCE)
                    .text())
            .startsWith("HTTP/1.1 404");
      }
    }
  }

  @Test
  void neither_metrics_nor_their_labels_name_a_path_with_an_id() throws Exception {
    HttpResponse<String> ignored =
        get(
            Version.HTTP_2,
            server.console() + "/api/v1/messages/0b6b5e6e-0000-4000-8000-1234567890ab");
    String metrics = get(Version.HTTP_1_1, server.metrics() + "/metrics").body();
    assertThat(metrics)
        .contains("wardline_http_request_seconds")
        .contains("route=\"/api/v1/messages/{id}\"")
        .contains("wardline_sessions_open")
        .contains("wardline_queue_waiting_texts 0.0")
        .contains("wardline_queue_oldest_seconds 0.0")
        .contains("wardline_archive_lag_seconds")
        .contains("wardline_archive_waiting_events")
        .contains("wardline_archive_up 0.0")
        .doesNotContain("1234567890ab");
  }
}
