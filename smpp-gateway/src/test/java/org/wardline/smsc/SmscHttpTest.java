package org.wardline.smsc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardline.smsc.Gateway.LINE;
import static org.wardline.smsc.Gateway.next;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.gateway.smpp.SubmitResult;
import org.wardline.sms.SmsText;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class SmscHttpTest {
  private static final String ANA = "+13125550100";

  private final JsonMapper json = JsonMapper.builder().build();
  private final HttpClient client = HttpClient.newHttpClient();
  private SmscSimulator smsc = SmscSimulator.start(SmscOptions.forTests().withPorts(0, 0));
  private Gateway gateway = new Gateway(smsc, 10);

  @BeforeEach
  void one_text_is_there() {
    gateway.send(ANA, "How are you? <b>Ünï</b>");
  }

  @AfterEach
  void stop() {
    gateway.close();
    smsc.close();
    client.close();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + smsc.httpPort().orElseThrow() + path);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String type, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/phone.css", "/phone.js"})
  void the_page_has_no_inline_script_or_style(String path) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'self'");
    assertThat(answer.body()).doesNotContain("innerHTML", "style=\"", "onclick=");
  }

  @Test
  void the_texts_on_a_phone_are_listed_from_a_place_on() throws Exception {
    JsonNode first = json.readTree(get("/api/messages?to=" + ANA).body());
    assertThat(first.at("/items/0/text").asString()).isEqualTo("How are you? <b>Ünï</b>");
    assertThat(first.at("/items/0/encoding").asString()).isEqualTo("ucs2");
    assertThat(first.at("/items/0/from").asString()).isEqualTo(LINE);
    long next = first.at("/next").asLong();
    gateway.send(ANA, "second");
    smsc.sendFromPatient(ANA, LINE, "answer").join();
    JsonNode more = json.readTree(get("/api/messages?to=%2B13125550100&after=" + next).body());
    assertThat(more.at("/items")).hasSize(1);
    JsonNode both = json.readTree(get("/api/messages?both=1&to=" + ANA).body());
    assertThat(both.at("/items")).hasSize(3);
    assertThat(both.at("/items/2/fromPatient").asBoolean()).isTrue();
    JsonNode phones = json.readTree(get("/api/phones").body());
    assertThat(phones.at("/items/0/lastText").asString()).isEqualTo("answer");
  }

  @Test
  void a_person_answers_as_the_patient_and_chooses_the_order_of_parts() throws Exception {
    HttpResponse<String> answer =
        post(
            "/api/patients/" + ANA + "/texts",
            "application/json",
            "{\"to\":\"" + LINE + "\",\"text\":\"" + "я".repeat(100) + "\",\"order\":[2,1]}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(next(gateway.texts).shortMessage()[5]).isEqualTo((byte) 2);
    assertThat(next(gateway.texts).shortMessage()[5]).isEqualTo((byte) 1);
    post(
        "/api/patients/%2B13125550100/texts",
        "application/json; charset=utf-8", "{\"to\":\"" + LINE + "\",\"text\":\"YES\"}");
    assertThat(SmsText.decode(0, next(gateway.texts).shortMessage())).isEqualTo("YES");
  }

  @Test
  void faults_are_switched_and_counted() throws Exception {
    post("/api/faults", "application/json", "{\"throttle\":true}");
    assertThat(gateway.send(ANA, "hi")).isInstanceOf(SubmitResult.Refused.class);
    post("/api/faults", "application/json", "{\"throttle\":false}");
    assertThat(gateway.send(ANA, "hi")).isInstanceOf(SubmitResult.Accepted.class);
    JsonNode stats = json.readTree(get("/api/stats").body());
    assertThat(stats.at("/throttled").asLong()).isEqualTo(1);
    assertThat(stats.at("/segmentsTaken").asLong()).isEqualTo(2);
    assertThat(stats.at("/sessions").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "{\"to\":\"+1\"}",
        "{\"to\":\"<script>\",\"text\":\"x\"}",
        "{\"to\":\"+13125550199\",\"text\":\"x\",\"order\":[2]}",
        "{\"to\":\"+13125550199\",\"text\":\"x\",\"order\":[]}"
      })
  void an_impossible_request_is_refused_in_words(String body) throws Exception {
    HttpResponse<String> answer = post("/api/patients/" + ANA + "/texts", "application/json", body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json.readTree(answer.body()).at("/detail").asString()).isNotEmpty();
  }

  @Test
  void other_web_sites_cannot_control_it() throws Exception {
    String body = "{\"throttle\":true}";
    assertThat(post("/api/faults", "text/plain", body).statusCode()).isEqualTo(415);
    assertThat(
            post("/api/faults", "application/json", body, "Origin", "https://evil.example")
                .statusCode())
        .isEqualTo(403);
    String own = "http://127.0.0.1:" + smsc.httpPort().orElseThrow();
    assertThat(post("/api/faults", "application/json", "{}", "Origin", own).statusCode())
        .isEqualTo(200);
    assertThat(smsc.stats().throttled()).isZero();
  }

  @Test
  void a_foreign_host_name_is_refused() throws IOException {
    try (Socket socket =
        new Socket(java.net.InetAddress.getLoopbackAddress(), smsc.httpPort().orElseThrow())) {
      socket
          .getOutputStream()
          .write(
              "GET /api/phones HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 403").doesNotContain(ANA);
    }
  }

  @Test
  void a_body_of_a_megabyte_is_refused() throws Exception {
    assertThat(post("/api/faults", "application/json", " ".repeat(1024 * 1024) + "{}").statusCode())
        .isEqualTo(413);
  }
}
