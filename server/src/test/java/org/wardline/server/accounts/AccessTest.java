package org.wardline.server.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.server.TestServer;

/** An address that should be refused and streams instead must fail the test and not hang it. */
@Timeout(60)
class AccessTest {
  private static final String SOME_ID = "0b6b5e6e-0000-4000-8000-1234567890ab";
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = new TestServer();
    server.account("ana", "clinician");
    server.account("ivo", "it");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void to_it_every_page_with_patients_looks_like_a_page_that_does_not_exist() {
    TestServer.Browser ivo = server.signedIn("ivo");
    server.clock.forward(Duration.ofSeconds(60));
    TestServer.Browser ana = server.signedIn("ana");
    String missing = ivo.get("/no-such-page").body();
    // An id that exists, so that it is the person and not the id that is refused.
    String path = ana.post("/patients", aPatient(ana)).headers().firstValue("location").orElse("");
    assertThat(path).matches("/conversations/[0-9a-f-]{36}");
    for (String page : List.of("/inbox", path, path + "?before=5", "/patients/new", "/live")) {
      HttpResponse<String> answer = ivo.get(page);
      assertThat(answer.statusCode()).as(page).isEqualTo(404);
      assertThat(answer.body()).as(page).isEqualTo(missing);
    }
    for (String act :
        List.of(
            path + "/messages",
            path + "/consent-request",
            path + "/consent",
            "/messages/" + SOME_ID + "/recall",
            "/patients")) {
      HttpResponse<String> answer = ivo.post(act, Map.of("_csrf", ivo.csrfToken()));
      assertThat(answer.statusCode()).as(act).isEqualTo(404);
    }
    assertThat(ana.get(path).statusCode()).isEqualTo(200);
    assertThat(ana.get("/inbox").statusCode()).isEqualTo(200);
    assertThat(ana.get("/patients/new").statusCode()).isEqualTo(200);
    assertThat(server.audit())
        .anyMatch(event -> event.startsWith("ivo: access.denied (needs conversation:read at GET"));
  }

  private static Map<String, String> aPatient(TestServer.Browser browser) {
    return Map.of(
        "_csrf", browser.csrfToken(),
        "givenName", "Ana",
        "familyName", "Test",
        "number", "(312) 555-0147",
        "kind", "mobile",
        "language", "en",
        "timeZone", "America/Chicago");
  }

  @Test
  void health_is_for_it_and_shows_what_to_do() {
    server.clock.forward(Duration.ofSeconds(60));
    HttpResponse<String> page = server.signedIn("ivo").get("/health");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains("No gateway is running")
        .contains("Texts are accepted and kept, but none goes out")
        .contains("What to do")
        .contains("Start the service wardline-gateway");
    server.clock.forward(Duration.ofSeconds(60));
    assertThat(server.signedIn("ana").get("/health").statusCode()).isEqualTo(404);
  }

  @Test
  void signed_out_people_are_sent_to_sign_in_and_back_afterwards() {
    HttpResponse<String> page = server.browser().get("/health");
    assertThat(page.statusCode()).isEqualTo(303);
    assertThat(page.headers().firstValue("location")).contains("/sign-in?next=%2Fhealth");
    HttpResponse<String> fragment =
        server
            .browser()
            .get(
                "/health",
                "HX-Request",
                "true",
                "HX-Current-URL",
                server.console() + "/conversations/" + SOME_ID);
    assertThat(fragment.statusCode()).isEqualTo(204);
    assertThat(fragment.headers().firstValue("hx-redirect"))
        .contains("/sign-in?next=%2Fconversations%2F" + SOME_ID);
    assertThat(server.browser().get("/live", "Accept", "text/event-stream").statusCode())
        .isEqualTo(401);
  }

  @Test
  void the_interface_asks_for_a_token_and_says_so() {
    for (String header : List.of("Bearer nonsense", "Bearer wl_nonsense", "Basic YTpi")) {
      HttpResponse<String> answer =
          server.browser().get("/api/v1/messages", "Authorization", header);
      assertThat(answer.statusCode()).as(header).isEqualTo(401);
      assertThat(answer.headers().firstValue("www-authenticate").orElseThrow())
          .startsWith("Bearer");
      assertThat(answer.body()).contains("urn:wardline:problem:unauthenticated");
    }
    server.clock.forward(Duration.ofSeconds(60));
    assertThat(server.signedIn("ana").get("/api/v1/messages").statusCode())
        .as("a session's cookie is no token")
        .isEqualTo(401);
  }

  @Test
  void a_token_opens_what_its_scopes_name_and_nothing_else() {
    String token = server.token("reader", "conversation:read");
    assertThat(get(token, "/api/v1/messages")).isEqualTo(200);
    assertThat(get(token, "/api/v1/audit")).isEqualTo(403);
    assertThat(get(token, "/api/v1/patients/" + SOME_ID)).isEqualTo(403);
    assertThat(server.audit())
        .contains("reader: access.denied (needs audit:read at GET /api/v1/audit)");
  }

  @Test
  void a_token_for_one_line_uses_this_line_and_no_other() throws Exception {
    String token = server.token("front", "conversation:read:main", "conversation:write:main");
    assertThat(get(token, "/api/v1/messages?line=main")).isEqualTo(200);
    assertThat(get(token, "/api/v1/messages?line=billing")).isEqualTo(422);
    assertThat(get(token, "/api/v1/audit")).isEqualTo(403);
    String clerk = server.token("clerk", "patient:write");
    assertThat(
            post(
                    clerk,
                    "/api/v1/patients",
                    """
                    {"givenName": "Pat", "familyName": "Doe", "phones": [{"number": "+13125550142"}],
                     "consents": [{"kind": "care", "state": "granted", "method": "paper",
                                   "wordingVersion": "2026-01"}]}
                    """)
                .statusCode())
        .isEqualTo(201);
    assertThat(send(token, "main", "+13125550142").statusCode()).isEqualTo(202);
    assertThat(send(token, "billing", "+13125550142").statusCode()).isEqualTo(422);
    assertThat(server.audit())
        .contains(
            "front: access.denied (needs conversation:read:billing)",
            "front: message.refused (line unknown or not allowed)");
  }

  @Test
  void refused_texts_and_patients_are_audited_and_do_not_tell_who_is_on_file() throws Exception {
    String token = server.token("oracle", "conversation:write", "patient:write");
    String patient =
        "{\"givenName\": \"Q\", \"familyName\": \"R\", \"externalId\": \"m-1\","
            + " \"phones\": [{\"number\": \"+13125550143\"}]}";
    assertThat(post(token, "/api/v1/patients", patient).statusCode()).isEqualTo(201);
    assertThat(post(token, "/api/v1/patients", patient).statusCode()).isEqualTo(400);
    assertThat(post(token, "/api/v1/patients", patient.replace("550143", "550144")).statusCode())
        .isEqualTo(400);
    HttpResponse<String> known = send(token, "main", "+13125550143");
    HttpResponse<String> unknown = send(token, "main", "+13125550149");
    assertThat(known.statusCode()).isEqualTo(422);
    assertThat(known.body()).isEqualTo(unknown.body()).contains("no-consent");
    assertThat(server.audit())
        .contains(
            "oracle: patient.refused (number taken)",
            "oracle: patient.refused (external id taken)",
            "oracle: message.refused (no consent)",
            "oracle: message.refused (unknown recipient)");
  }

  private static HttpResponse<String> send(String token, String line, String to) throws Exception {
    return post(
        token,
        "/api/v1/messages",
        "{\"to\": \"" + to + "\", \"line\": \"" + line + "\", \"text\": \"Hello\"}");
  }

  private static HttpResponse<String> post(String token, String path, String json)
      throws Exception {
    TestServer.Browser browser = server.browser();
    return browser
        .client()
        .send(
            browser
                .builder(
                    path, "Authorization", "Bearer " + token, "Content-Type", "application/json")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(json))
                .build(),
            java.net.http.HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void a_token_ends_when_its_time_is_over_or_it_is_revoked() {
    String revoked = server.token("revoked", "conversation:read");
    String expired = server.token("expired", "conversation:read");
    assertThat(get(revoked, "/api/v1/messages")).isEqualTo(200);
    assertThat(get(expired, "/api/v1/messages")).isEqualTo(200);
    boolean done = server.app.accounts().clients().revoke(Caller.system("test"), "revoked");
    assertThat(done).isTrue();
    assertThat(get(revoked, "/api/v1/messages")).isEqualTo(401);
    server.clock.forward(Duration.ofHours(25));
    assertThat(get(expired, "/api/v1/messages")).isEqualTo(401);
  }

  @Test
  void a_token_revoked_by_another_process_ends_within_five_seconds() {
    String token = server.token("elsewhere", "conversation:read");
    assertThat(get(token, "/api/v1/messages")).isEqualTo(200);
    new org.wardline.jdbc.Db(server.database.owner())
        .run(
            tx ->
                tx.update(
                    "UPDATE wardline.api_client SET revoked_at = now() WHERE name = 'elsewhere'"));
    server.clock.forward(Duration.ofSeconds(6));
    assertThat(get(token, "/api/v1/messages")).isEqualTo(401);
  }

  private static int get(String token, String path) {
    return server.browser().get(path, "Authorization", "Bearer " + token).statusCode();
  }
}
