package org.wardline.server.links;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardline.server.TestServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Links through REST. */
class LinkApiTest {
  private static final String SETTINGS =
      "host: smsc.example\\nsystem-id: clinic\\npassword: pw-can\\nlines: [main]\\n";

  private static TestServer server;
  private static ReportedLinks gateway;
  private static String reader;
  private static String writer;
  private static HttpClient http;

  @BeforeAll
  static void start() {
    server = new TestServer();
    gateway = new ReportedLinks(server);
    reader = server.token("reader", "link:read");
    writer = server.token("writer", "link:*");
    http = server.client(HttpClient.Version.HTTP_1_1);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void clear() {
    gateway.clear();
    // Figures are kept for a second.
    server.clock.forward(Duration.ofSeconds(2));
  }

  private record Answer(int status, JsonNode body, String text) {}

  private static Answer call(String token, String method, String path, String json)
      throws Exception {
    HttpRequest.Builder request =
        server
            .browser()
            .builder("/api/v1" + path, "Authorization", "Bearer " + token)
            .method(
                method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
    if (!json.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    return new Answer(answer.statusCode(), new JsonMapper().readTree(answer.body()), answer.body());
  }

  private static String body(String settings) {
    return "{\"settings\":\"" + settings + "\"}";
  }

  @Test
  void links_are_listed_with_what_people_want_and_what_waits() throws Exception {
    gateway.bound("first");
    assertThat(call(writer, "POST", "/links/first/pause", "").status()).isEqualTo(202);

    Answer list = call(reader, "GET", "/links", "");

    assertThat(list.status()).isEqualTo(200);
    JsonNode link = list.body().path("items").path(0);
    assertThat(link.path("name").asString()).isEqualTo("first");
    assertThat(link.path("want").asString()).isEqualTo("pause");
    assertThat(link.path("changedBy").asString()).isEqualTo("writer");
    assertThat(link.path("added").asBoolean()).isFalse();
    assertThat(link.path("status").path("state").asString()).isEqualTo("bound");
    assertThat(link.path("status").path("window").asInt()).isEqualTo(10);
    assertThat(list.body().path("waiting").path(0).path("line").asString()).isEqualTo("main");
    assertThat(list.body().path("stranded").isEmpty()).isTrue();
    assertThat(server.audit()).contains("writer: link.pause (first)", "reader: link.list ()");
  }

  @Test
  void texts_that_no_link_carries_are_listed_by_line_and_prefix() throws Exception {
    gateway.bound("first", "main");
    gateway.waiting("billing", "+44", 2);
    server.clock.forward(Duration.ofSeconds(2));

    JsonNode stranded = call(reader, "GET", "/links", "").body().path("stranded");

    assertThat(stranded).hasSize(1);
    assertThat(stranded.path(0).path("line").asString()).isEqualTo("billing");
    assertThat(stranded.path(0).path("prefix").asString()).isEqualTo("+44");
    assertThat(stranded.path(0).path("waiting").asInt()).isEqualTo(2);
    assertThat(stranded.path(0).path("oldestSeconds").asInt()).isGreaterThanOrEqualTo(420);
  }

  @Test
  void a_link_is_put_read_back_without_its_password_and_steered() throws Exception {
    Answer put = call(writer, "PUT", "/links/extra", body(SETTINGS));
    assertThat(put.status()).as(put.text()).isEqualTo(202);

    Answer show = call(reader, "GET", "/links/extra", "");
    assertThat(show.body().path("settings").asString())
        .contains("host: smsc.example")
        .doesNotContain("password");
    assertThat(show.text()).doesNotContain("pw-can");
    assertThat(show.body().path("standing").asString()).isEqualTo("Not taken up yet");

    // Without a password the old one stays.
    assertThat(
            call(writer, "PUT", "/links/extra", body("host: other.example\\nsystem-id: clinic"))
                .status())
        .isEqualTo(202);
    for (String act : new String[] {"pause", "resume", "drain", "remove"}) {
      assertThat(call(writer, "POST", "/links/extra/" + act, "").status()).as(act).isEqualTo(202);
    }
    assertThat(call(reader, "GET", "/links/extra", "").body().path("want").asString())
        .isEqualTo("remove");
  }

  @Test
  void a_question_for_the_way_without_a_number_is_told_that_it_is_missing() throws Exception {
    Answer asked = call(reader, "POST", "/routes", "{}");

    assertThat(asked.status()).isEqualTo(400);
    assertThat(asked.body().path("type").asString()).endsWith(":invalid-request");
    assertThat(asked.body().path("detail").asString()).contains("\"to\" is missing");
  }

  @Test
  void mistakes_are_all_named_and_nothing_is_saved() throws Exception {
    Answer put = call(writer, "PUT", "/links/extra", body("hots: a\\nport: x\\npassword: pw-can"));

    assertThat(put.status()).isEqualTo(400);
    assertThat(put.body().path("detail").asString())
        .contains("Did you mean \"host\"?", "\"port\" must be", "\"system-id\" is missing")
        .doesNotContain("pw-can");
    assertThat(call(writer, "PUT", "/links/extra", "{}").text()).contains("settings is missing");
    assertThat(call(writer, "PUT", "/links/Extra", body(SETTINGS)).status()).isEqualTo(400);
    assertThat(
            call(
                    writer,
                    "PUT",
                    "/links/extra",
                    body("\\\"host\\\": a\\nsystem-id: c\\npassword: p"))
                .text())
        .contains("on a line of its own");
    assertThat(call(reader, "GET", "/links/extra", "").status()).isEqualTo(404);
  }

  @Test
  void a_link_of_the_file_cannot_be_overwritten() throws Exception {
    gateway.bound("first");

    assertThat(call(writer, "PUT", "/links/first", body(SETTINGS)).text())
        .contains("set in gateway.yaml");
    assertThat(call(writer, "POST", "/links/first/remove", "").status()).isEqualTo(400);
    assertThat(call(writer, "POST", "/links/nobody/pause", "").status()).isEqualTo(404);
  }

  @Test
  void a_test_text_is_followed_by_its_id() throws Exception {
    gateway.bound("first");

    Answer sent =
        call(writer, "POST", "/links/first/test", "{\"to\":\"+13125550123\",\"line\":\"main\"}");
    assertThat(sent.status()).isEqualTo(202);
    String id = sent.body().path("id").asString();
    Answer test = call(reader, "GET", "/links/first/tests/" + id, "");
    assertThat(test.body().path("state").asString()).isEqualTo("queued");
    assertThat(test.text()).doesNotContain("555");

    assertThat(call(reader, "GET", "/links/first/tests/nonsense", "").status()).isEqualTo(404);
    assertThat(call(writer, "POST", "/links/first/test", "{\"to\":\"1\"}").status()).isEqualTo(422);
    assertThat(
            call(writer, "POST", "/links/first/test", "{\"to\":\"+13125550123\",\"line\":\"x\"}")
                .status())
        .isEqualTo(422);
    assertThat(call(writer, "POST", "/links/none/test", "{\"to\":\"+13125550123\"}").status())
        .isEqualTo(404);
  }

  @Test
  void the_way_of_a_text_is_told_best_first() throws Exception {
    gateway.bound("all");
    gateway.bound("named", "billing");

    Answer route = route(reader, "{\"line\":\"billing\",\"to\":\"+1312\"}");

    assertThat(route.status()).isEqualTo(200);
    assertThat(route.body().path("ways").path(0).path("link").asString()).isEqualTo("named");
    assertThat(route.body().path("ways").path(1).path("link").asString()).isEqualTo("all");
    Answer usual = route(reader, "{\"to\":\"+13125550123\"}");
    assertThat(usual.body().path("others").path(0).path("reason").asString())
        .isEqualTo("It does not carry line main.");
    assertThat(usual.text()).doesNotContain("555");
    assertThat(route(reader, "{\"line\":\"nope\",\"to\":\"+1\"}").status()).isEqualTo(422);
    assertThat(route(reader, "{\"to\":\"\"}").status()).isEqualTo(422);
    assertThat(route(reader, "[]").status()).isEqualTo(400);
  }

  @Test
  void no_number_is_asked_for_in_an_address() throws Exception {
    Answer get = call(reader, "GET", "/routes?to=%2B13125550123", "");

    assertThat(get.status()).isEqualTo(405);
    assertThat(get.text()).contains("It takes POST.");
    assertThat(get.text()).doesNotContain("555");
    assertThat(call(reader, "POST", "/routes?to=%2B13125550123", "{}").status()).isEqualTo(400);
  }

  private static Answer route(String token, String json) throws Exception {
    return call(token, "POST", "/routes", json);
  }

  @Test
  void reading_is_not_writing() throws Exception {
    gateway.bound("first");

    for (String act : new String[] {"pause", "resume", "drain", "remove"}) {
      assertThat(call(reader, "POST", "/links/first/" + act, "").status()).isEqualTo(403);
    }
    assertThat(call(reader, "PUT", "/links/extra", body(SETTINGS)).status()).isEqualTo(403);
    assertThat(call(reader, "POST", "/links/first/test", "{\"to\":\"+13125550123\"}").status())
        .isEqualTo(403);
    String patients = server.token("patients", "patient:*", "conversation:*");
    assertThat(call(patients, "GET", "/links", "").status()).isEqualTo(403);
    assertThat(route(patients, "{\"to\":\"+1\"}").status()).isEqualTo(403);
  }
}
