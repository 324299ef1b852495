package org.wardline.server.links;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardline.server.TestServer;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.Links;
import org.wardline.sms.Links.Want;
import org.wardline.sms.Links.Wanted;

/** The pages about links as a browser without scripts sees them. */
class LinkPagesTest {
  private static final String[] AS_PART = {"HX-Request", "true", "Wardline-Background", "1"};
  private static final String SECRET = "pw-canary";
  private static final String NUMBER = "+13125550123";

  private static TestServer server;
  private static ReportedLinks gateway;
  private static TestServer.Browser it;

  @BeforeAll
  static void start() {
    server = new TestServer();
    gateway = new ReportedLinks(server);
    server.account("ines", "it");
    it = server.signedIn("ines");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void clear() {
    gateway.clear();
  }

  private static Map<String, String> form(String... namesAndValues) {
    Map<String, String> form = new HashMap<>(Map.of("_csrf", it.csrfToken()));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      form.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return form;
  }

  private static Map<String, String> link(String name) {
    return form(
        "name", name,
        "host", "smsc.example",
        "port", "2776",
        "system-id", "clinic",
        "password", "pw-can",
        "lines", "billing, main",
        "rest", "receipts: per-text");
  }

  private static Wanted wanted(String link) {
    Links links = server.app.parts().links();
    return server.app.parts().db().inTransaction(links::wanted).stream()
        .filter(one -> one.link().equals(link))
        .findFirst()
        .orElseThrow();
  }

  private static String location(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
    return answer.headers().firstValue("Location").orElseThrow();
  }

  @Test
  void every_link_says_how_it_stands_in_words() {
    gateway.bound("first");
    gateway.report("second", "waiting", "The carrier refused the password.", false);

    String page = it.get("/links").body();

    assertThat(page)
        .contains("1 of 2 links are connected", "Connected", "3 of 10", "4.5")
        .contains("smsc.example<wbr><span class=\"port\">:2775</span>", "<dt>Wanted</dt>")
        .contains("Not connected", "The carrier refused the password.")
        .contains("The carrier refused a text (2 times)")
        .doesNotContain("2026-11-21T10:00:00Z The carrier");
  }

  @Test
  void a_gateway_that_went_silent_is_not_taken_for_a_connection() {
    gateway.bound("first");
    server.clock.forward(Duration.ofSeconds(21));

    assertThat(it.get("/links").body())
        .contains("No link is connected", "No gateway reports", "wardline-gateway")
        .doesNotContain(">Connected<");
  }

  @Test
  void waiting_texts_are_shown_by_line_with_the_age_of_the_oldest() {
    gateway.bound("first");
    gateway.waiting("billing", "+", 40);
    gateway.waiting("billing", "+1", 2);
    server.clock.forward(Duration.ofSeconds(2));

    String page = it.get("/links", AS_PART).body();

    String row = page.substring(page.indexOf("<th scope=\"row\">Billing</th>"));
    assertThat(row.substring(0, row.indexOf("</tr>"))).contains("<td>42</td>", "7 min");
    assertThat(page).startsWith("<div id=\"links-live\"").doesNotContain("<html");
  }

  @Test
  void texts_that_no_link_carries_are_named_on_the_page_by_health_and_by_monitoring() {
    gateway.bound("first", "main");
    gateway.bound("drained", "billing");
    gateway.waiting("main", "+", 3);
    server.clock.forward(Duration.ofSeconds(2));
    assertThat(it.get("/links").body()).doesNotContain("No link carries");
    assertThat(it.get("/health").body()).contains("Texts without a link");

    gateway.waiting("billing", "+44", 2);
    server.clock.forward(Duration.ofSeconds(3));
    assertThat(it.get("/links").body()).doesNotContain("No link carries");

    it.post("/links/drained/drain", form());
    server.clock.forward(Duration.ofSeconds(3));
    assertThat(it.get("/links").body())
        .contains(
            "No link carries 2 texts", "from Billing to numbers that begin with +44", "7 min");
    assertThat(it.get("/health").body())
        .contains("No link carries 2 texts on line billing to numbers that begin with +44.");
    assertThat(server.metrics.text())
        .contains("wardline_queue_stranded_texts{line=\"main\",} 0.0")
        .contains("wardline_queue_stranded_texts{line=\"billing\",} 2.0");

    it.post("/links/drained/resume", form());
    server.clock.forward(Duration.ofSeconds(3));
    assertThat(it.get("/links").body()).doesNotContain("No link carries");
  }

  @Test
  void when_no_gateway_runs_its_links_are_not_blamed() {
    gateway.bound("first", "main");
    gateway.waiting("billing", "+", 2);
    server.clock.forward(Duration.ofSeconds(30));

    assertThat(it.get("/links").body())
        .contains("No gateway reports")
        .doesNotContain("No link carries");
  }

  @Test
  void a_link_is_paused_and_sends_again() {
    gateway.bound("first");

    assertThat(location(it.post("/links/first/pause", form()))).isEqualTo("/links#link-first");
    assertThat(wanted("first").want()).isEqualTo(Want.PAUSE);
    assertThat(wanted("first").changedBy()).isEqualTo("ines");
    assertThat(it.get("/links").body())
        .contains("Paused", "Let it send again", "by <bdi>ines</bdi>, <time datetime=\"");

    it.post("/links/first/resume", form());
    assertThat(wanted("first").want()).isEqualTo(Want.RUN);
    assertThat(server.audit()).contains("ines: link.pause (first)", "ines: link.resume (first)");
  }

  @Test
  void while_the_only_link_is_paused_no_page_says_that_texts_flow() {
    gateway.bound("first");
    gateway.justWaiting("main", "+");
    server.clock.forward(Duration.ofSeconds(3));
    gateway.bound("first");
    assertThat(it.get("/health").body()).contains("1, moving");

    it.post("/links/first/pause", form());
    gateway.wants("first", Want.PAUSE);
    server.clock.forward(Duration.ofSeconds(3));

    assertThat(it.get("/links").body()).contains("The only link is paused; no text goes out");
    assertThat(it.get("/health").body())
        .contains("No text goes out now", "Let it send again", "1 text waits that no link can send")
        .doesNotContain("Texts still flow", "moving", "another link");
  }

  @Test
  void draining_asks_first_and_says_what_it_means() {
    gateway.bound("first");

    String question = it.get("/links/first/drain").body();
    assertThat(question).contains("Take first out of service?", "action=\"/links/first/drain\"");
    assertThat(server.app.parts().db().inTransaction(server.app.parts().links()::wanted)).isEmpty();

    location(it.post("/links/first/drain", form()));
    assertThat(wanted("first").want()).isEqualTo(Want.DRAIN);
    assertThat(it.get("/links").body()).contains("Ending", "Every link is out of service");
    gateway.report("first", "stopped", "Drained.", false);
    assertThat(it.get("/links").body()).contains("Out of service");
  }

  @Test
  void a_link_of_the_file_is_neither_removed_nor_changed_here() {
    gateway.bound("first");

    String page = it.get("/links").body();
    assertThat(page).contains("gateway.yaml").doesNotContain("/links/first/remove");
    assertThat(it.post("/links/first/remove", form()).statusCode()).isEqualTo(400);
    assertThat(it.get("/links/first/settings").statusCode()).isEqualTo(404);
    assertThat(it.post("/links/first/settings", link("first")).statusCode()).isEqualTo(404);
    HttpResponse<String> added = it.post("/links/new", link("first"));
    assertThat(added.statusCode()).isEqualTo(422);
    assertThat(added.body()).contains("There is a link of this name already.");
  }

  @Test
  void a_link_is_added_changed_without_its_password_and_removed() {
    assertThat(location(it.post("/links/new", link("extra")))).isEqualTo("/links#link-extra");
    assertThat(wanted("extra").settings().orElseThrow())
        .contains("receipts: per-text", "host: \"smsc.example\"", "password: \"pw-can\"")
        .contains("lines: [\"billing\", \"main\"]");
    assertThat(it.get("/links").body()).contains("Not taken up yet");

    String page = it.get("/links/extra/settings").body();
    assertThat(page)
        .contains("value=\"smsc.example\"", "value=\"billing, main\"", ">receipts: per-text</text")
        .doesNotContain("pw-can");

    Map<String, String> change = link("extra");
    change.put("password", "");
    change.put("window", "20");
    location(it.post("/links/extra/settings", change));
    assertThat(wanted("extra").settings().orElseThrow())
        .contains("window: \"20\"", "password: \"pw-can\"");

    change.put("password", "newer");
    location(it.post("/links/extra/settings", change));
    assertThat(wanted("extra").settings().orElseThrow())
        .contains("password: \"newer\"")
        .doesNotContain("pw-can");

    assertThat(it.get("/links/extra/remove").body()).contains("Remove extra?");
    location(it.post("/links/extra/remove", form()));
    assertThat(wanted("extra").want()).isEqualTo(Want.REMOVE);
    assertThat(it.get("/links").body()).contains("Being removed");
  }

  @Test
  void every_mistake_is_named_and_nothing_is_saved() {
    Map<String, String> wrong = link("extra");
    wrong.put("host", "");
    wrong.put("port", "99999");
    wrong.put("rest", "receipts: per-text\nwindoww: 4");

    HttpResponse<String> page = it.post("/links/new", wrong);

    assertThat(page.statusCode()).isEqualTo(422);
    assertThat(page.body())
        .contains("Nothing was saved", "line 2: unknown key", "Did you mean", "window")
        .contains("id=\"host-error\"", "id=\"port-error\"", "windoww: 4")
        .doesNotContain("pw-can");
    assertThat(server.app.parts().db().inTransaction(server.app.parts().links()::wanted)).isEmpty();
    assertThat(it.post("/links/new", link("Über")).body()).contains("small letters");
  }

  @Test
  void secrets_are_not_shown_wherever_they_stand() {
    Links links = server.app.parts().links();
    server
        .app
        .parts()
        .db()
        .run(
            tx ->
                links.put(
                    tx,
                    "extra",
                    "host: h\nsystem-id: s\npassword: %s\ntls:\n  key-password: %s\nwindow: 9\n"
                        .formatted(SECRET, SECRET),
                    "test"));

    assertThat(it.get("/links/extra/settings").body())
        .contains("value=\"9\"")
        .doesNotContain(SECRET);
    server
        .app
        .parts()
        .db()
        .run(tx -> links.put(tx, "extra", "{host: h, password: " + SECRET + "}", "test"));
    assertThat(it.get("/links/extra/settings").body())
        .contains("cannot be shown")
        .doesNotContain(SECRET);
  }

  @Test
  void a_test_text_leaves_by_its_link_and_its_end_is_shown() {
    gateway.bound("first");

    location(it.post("/links/first/test", form("to", NUMBER, "line", "billing")));
    UUID id =
        gateway
            .owner()
            .inTransaction(
                tx ->
                    tx.one(
                        "SELECT id FROM sms.outbound WHERE prefix = '@first' AND line = 'billing'",
                        row -> row.uuid("id")));
    assertThat(it.get("/links/first/test").body()).contains("Waits for the link");

    gateway.event(id, DeliveryState.SENT, "");
    gateway.event(id, DeliveryState.FAILED, "The phone is off.");
    await("Not delivered");
    gateway.event(id, DeliveryState.DELIVERED, "");
    await("On the phone, says the carrier");
    gateway.event(id, DeliveryState.UNKNOWN, "too late");
    gateway.event(UUID.randomUUID(), DeliveryState.SENT, "of nothing that anybody knows");
    await("On the phone, says the carrier");

    assertThat(dump("test_text")).doesNotContain("3125550123").contains("first");
    assertThat(server.audit()).contains("ines: link.test (first)");
    assertThat(String.join("\n", server.audit())).doesNotContain("3125550123");
  }

  private static void await(String words) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    String page = it.get("/links/first/test", AS_PART).body();
    while (!page.contains(words) || events() > 0) {
      assertThat(System.nanoTime()).as(page).isLessThan(deadline);
      page = it.get("/links/first/test", AS_PART).body();
    }
  }

  private static long events() {
    return gateway
        .owner()
        .inTransaction(
            tx -> tx.one("SELECT count(*) AS n FROM sms.event", row -> row.longValue("n")));
  }

  private static String dump(String table) {
    return gateway
        .owner()
        .inTransaction(
            tx -> tx.query("SELECT t::text AS row FROM sms." + table + " t", r -> r.string("row")))
        .toString();
  }

  @Test
  void test_texts_are_few_and_go_to_numbers_only() {
    gateway.bound("first");

    assertThat(it.post("/links/first/test", form("to", "12", "line", "main")).body())
        .contains("Write the number with country code");
    assertThat(it.post("/links/first/test", form("to", NUMBER, "line", "none")).body())
        .contains("There is no such line.");
    for (int i = 0; i < 20; i++) {
      location(it.post("/links/first/test", form("to", NUMBER, "line", "main")));
    }
    HttpResponse<String> one = it.post("/links/first/test", form("to", NUMBER, "line", "main"));
    assertThat(one.statusCode()).isEqualTo(422);
    assertThat(one.body()).contains("wait a while");
    it.post("/links/first/pause", form());
    assertThat(it.post("/links/first/test", form("to", NUMBER, "line", "main")).body())
        .contains("Resume it first.");
  }

  @Test
  void the_way_of_a_text_is_told_with_reasons() {
    gateway.bound("all");
    gateway.bound("named", "billing");
    gateway.report("down", "waiting", "Cannot be reached.", false);

    String page = it.post("/links/route", form("to", "+1312", "line", "billing")).body();
    assertThat(page.indexOf("<strong>named</strong>")).isPositive();
    assertThat(page.indexOf("<strong>named</strong>"))
        .isLessThan(page.indexOf("<strong>all</strong>"));
    assertThat(page).contains("<strong>named</strong>: <span class=\"\">It goes here.");
    assertThat(page).contains("named names this one", "Cannot be counted on now");

    String other = it.post("/links/route", form("to", NUMBER, "line", "main")).body();
    assertThat(other).contains("It does not carry line main.").doesNotContain(NUMBER);
    assertThat(it.post("/links/route", form("to", "x", "line", "main")).statusCode())
        .isEqualTo(422);
    assertThat(String.join("\n", server.audit())).doesNotContain("3125550123");
  }

  @Test
  void a_form_sent_empty_names_every_missing_field_at_the_field() {
    HttpResponse<String> answer = it.post("/links/new", form());

    assertThat(answer.statusCode()).isEqualTo(422);
    for (String field : List.of("name", "host", "system-id", "password")) {
      String said = ">&#34;" + field + "&#34; is missing.";
      assertThat(answer.body().replace("\"" + field + "\" is", "&#34;" + field + "&#34; is"))
          .contains("<li" + said, "<p id=\"" + field + "-error\" class=\"field-error\"" + said);
    }
  }

  @Test
  void a_page_that_stays_open_is_one_view_and_not_thousands() {
    long before = views();
    it.get("/links");
    for (int i = 0; i < 5; i++) {
      it.get("/links", AS_PART);
    }
    assertThat(views()).isEqualTo(before + 1);
    server.clock.forward(Duration.ofMinutes(6));
    it.get("/links", AS_PART);
    assertThat(views()).isEqualTo(before + 2);
  }

  private static long views() {
    return server.audit().stream().filter(event -> event.contains(": link.list (")).count();
  }

  @Test
  void clinicians_see_no_links_and_can_do_nothing_to_them() {
    gateway.bound("first");
    server.account("dana", "clinician");
    TestServer.Browser dana = server.signedIn("dana");
    String csrf = dana.csrfToken();

    assertThat(dana.get("/links").statusCode()).isEqualTo(404);
    assertThat(dana.get("/inbox").body()).doesNotContain("href=\"/links\"");
    for (String path :
        new String[] {
          "/links/first/pause",
          "/links/first/drain",
          "/links/first/remove",
          "/links/new",
          "/links/first/test",
          "/links/route"
        }) {
      assertThat(dana.post(path, Map.of("_csrf", csrf)).statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void monitoring_sees_links_and_lines_and_forgets_what_is_gone() {
    gateway.bound("first");
    it.post("/links/first/pause", form());
    server.clock.forward(Duration.ofSeconds(2));

    assertThat(server.metrics.text())
        .contains("wardline_link_up{link=\"first\",} 1.0")
        .contains("wardline_link_usable{link=\"first\",} 1.0")
        .contains("wardline_link_wanted{link=\"first\",want=\"pause\",} 1.0")
        .contains("wardline_link_report_age_seconds{link=\"first\",} 2.0")
        .contains("wardline_queue_line_waiting_texts{line=\"main\",} 0.0")
        .contains("wardline_queue_line_oldest_seconds{line=\"billing\",} 0.0");

    gateway.clear();
    server.clock.forward(Duration.ofSeconds(2));
    assertThat(server.metrics.text()).doesNotContain("link=\"first\"");
  }
}
