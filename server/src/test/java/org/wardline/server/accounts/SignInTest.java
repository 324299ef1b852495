package org.wardline.server.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardline.jdbc.Db;
import org.wardline.server.TestServer;

class SignInTest {
  private static final AtomicInteger PEOPLE = new AtomicInteger();
  private static TestServer server;

  /** A person of this test's own. */
  private final String login = "ana" + PEOPLE.incrementAndGet();

  @BeforeAll
  static void start() {
    server = new TestServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void account() {
    server.account(login, "clinician");
  }

  @Test
  void login_password_and_code_open_a_session_with_a_strict_cookie() {
    TestServer.Browser browser = server.browser();
    HttpResponse<String> response =
        browser.signIn(login.toUpperCase(Locale.ROOT), TestServer.PASSWORD, server.code(login));
    assertThat(response.statusCode()).isEqualTo(303);
    assertThat(response.headers().firstValue("set-cookie").orElseThrow())
        .startsWith("__Host-wardline=")
        .contains("Secure")
        .contains("HttpOnly")
        .contains("SameSite=Strict")
        .contains("Path=/")
        .doesNotContain("Domain");
    assertThat(browser.get("/session").statusCode()).isEqualTo(200);
    assertThat(server.audit()).contains(login + ": session.started (password and code)");
  }

  @Test
  void every_refusal_reads_the_same_and_the_audit_knows_why() {
    List<HttpResponse<String>> refusals = new ArrayList<>();
    refusals.add(server.browser().signIn("nobody", TestServer.PASSWORD, "123456"));
    refusals.add(server.browser().signIn(login, "wrong", server.code(login)));
    refusals.add(server.browser().signIn(login, TestServer.PASSWORD, "12345"));
    refusals.add(server.browser().signIn(login, "", ""));
    assertThat(refusals)
        .allSatisfy(
            refusal -> {
              assertThat(refusal.statusCode()).isEqualTo(401);
              assertThat(refusal.headers().firstValue("set-cookie")).isEmpty();
            });
    assertThat(refusals.stream().map(r -> r.body().replaceAll("value=\"[^\"]*\"", "")).distinct())
        .hasSize(1);
    assertThat(server.audit())
        .contains(
            "unknown: sign-in.refused (unknown login)",
            login + ": sign-in.refused (wrong password)",
            login + ": sign-in.refused (wrong code)");
    assertThat(String.join("\n", server.audit())).doesNotContain("nobody");
  }

  @Test
  void an_unknown_login_takes_as_long_as_a_wrong_password() {
    long known = Long.MAX_VALUE;
    long unknown = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      known = Math.min(known, nanos(login));
      unknown = Math.min(unknown, nanos("nobody"));
    }
    assertThat(unknown).isGreaterThan(known / 2);
  }

  private static long nanos(String who) {
    long start = System.nanoTime();
    assertThat(server.browser().signIn(who, "wrong password", "000000").statusCode())
        .isEqualTo(401);
    return System.nanoTime() - start;
  }

  @Test
  void a_code_is_accepted_once() {
    String code = server.code(login);
    assertThat(server.browser().signIn(login, TestServer.PASSWORD, code).statusCode())
        .isEqualTo(303);
    assertThat(server.browser().signIn(login, TestServer.PASSWORD, code).statusCode())
        .isEqualTo(401);
    assertThat(server.audit()).contains(login + ": sign-in.refused (code used before)");
  }

  @Test
  void codes_of_the_neighbouring_steps_are_accepted_and_others_are_not() {
    // A step that ended between making a code and its use would make it two steps old.
    server.clock.stand();
    try {
      assertThat(signInWithCodeOf(-60)).isEqualTo(401);
      assertThat(signInWithCodeOf(60)).isEqualTo(401);
      assertThat(signInWithCodeOf(-30)).isEqualTo(303);
      assertThat(signInWithCodeOf(30)).isEqualTo(303);
    } finally {
      server.clock.go();
    }
  }

  private int signInWithCodeOf(int seconds) {
    return server
        .browser()
        .signIn(
            login,
            TestServer.PASSWORD,
            server.code(login, server.clock.instant().plusSeconds(seconds)))
        .statusCode();
  }

  @Test
  void failures_lock_the_account_for_a_while_that_always_ends() {
    for (int i = 0; i < 5; i++) {
      assertThat(server.browser().signIn(login, "wrong", "000000").statusCode()).isEqualTo(401);
    }
    assertThat(server.browser().signIn(login, TestServer.PASSWORD, server.code(login)).statusCode())
        .isEqualTo(401);
    assertThat(server.audit()).contains(login + ": sign-in.refused (locked)");
    server.clock.forward(Duration.ofSeconds(40));
    assertThat(server.browser().signIn(login, TestServer.PASSWORD, server.code(login)).statusCode())
        .isEqualTo(303);
    assertThat(SignIn.lock(1_000_000)).isEqualTo(Duration.ofMinutes(15));
    assertThat(SignIn.lock(6)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void failures_elsewhere_do_not_lock_a_person_out() {
    TestServer.Browser ignored = server.signedIn(login);
    for (int i = 0; i < 6; i++) {
      assertThat(stranger("127.0.0.2", "wrong")).isEqualTo(401);
    }
    assertPersonGetsIn();
    failures(49);
    assertThat(stranger("127.0.0.3", "wrong")).isEqualTo(401);
    server.clock.forward(Duration.ofSeconds(30));
    assertThat(stranger("127.0.0.4", TestServer.PASSWORD)).as("locked elsewhere").isEqualTo(401);
    assertPersonGetsIn();
    failures(100);
    assertThat(stranger("127.0.0.5", TestServer.PASSWORD)).as("100 in a row").isEqualTo(401);
    assertPersonGetsIn();
    server.clock.forward(Duration.ofSeconds(60));
    assertThat(stranger("127.0.0.5", TestServer.PASSWORD)).as("no longer locked").isEqualTo(303);
  }

  private int stranger(String address, String password) {
    return server.browserAt(address).signIn(login, password, server.code(login)).statusCode();
  }

  private void assertPersonGetsIn() {
    server.clock.forward(Duration.ofSeconds(30));
    assertThat(server.browser().signIn(login, TestServer.PASSWORD, server.code(login)).statusCode())
        .isEqualTo(303);
  }

  private void failures(int inARow) {
    new Db(server.database.owner())
        .run(
            tx ->
                tx.update(
                    "UPDATE wardline.account SET failures = ? WHERE login = ?", inARow, login));
  }

  @Test
  void one_address_cannot_go_on_guessing() {
    try (TestServer own = new TestServer()) {
      HttpResponse<String> response = own.browser().signIn("nobody", "guess", "000000");
      for (int i = 0; i < 40 && response.statusCode() != 429; i++) {
        response = own.browser().signIn("nobody" + i, "guess", "000000");
      }
      assertThat(response.statusCode()).isEqualTo(429);
      assertThat(response.headers().firstValue("retry-after")).isPresent();
    }
  }

  @Test
  void sign_in_gives_a_new_session_and_ends_the_old_one() {
    TestServer.Browser browser = server.signedIn(login);
    String old = browser.cookie().orElseThrow();
    server.clock.forward(Duration.ofSeconds(60));
    HttpResponse<String> again = browser.signIn(login, TestServer.PASSWORD, server.code(login));
    assertThat(again.statusCode()).isEqualTo(303);
    assertThat(browser.cookie().orElseThrow()).isNotEqualTo(old);
    TestServer.Browser thief = server.browser();
    thief.cookie(old);
    assertThat(thief.get("/session").statusCode()).isEqualTo(303);
  }

  @Test
  void a_session_ends_after_ten_minutes_without_an_act_and_background_requests_are_no_acts() {
    TestServer.Browser browser = server.signedIn(login);
    server.clock.forward(Duration.ofMinutes(9));
    assertThat(browser.get("/session").statusCode()).isEqualTo(200);
    server.clock.forward(Duration.ofMinutes(9));
    HttpResponse<String> background = browser.get("/session", "Wardline-Background", "1");
    assertThat(background.statusCode()).isEqualTo(200);
    assertThat(background.body()).matches("\\{\"idleSecondsLeft\":[1-5]?[0-9]\\}");
    server.clock.forward(Duration.ofMinutes(2));
    HttpResponse<String> late = browser.get("/session");
    assertThat(late.statusCode()).isEqualTo(303);
    assertThat(late.headers().firstValue("location").orElseThrow()).startsWith("/sign-in");
  }

  @Test
  void a_session_ends_after_twelve_hours_however_busy() {
    TestServer.Browser browser = server.signedIn(login);
    for (int i = 0; i < 12 * 60 / 9 - 1; i++) {
      server.clock.forward(Duration.ofMinutes(9));
      assertThat(browser.get("/session").statusCode()).isEqualTo(200);
    }
    server.clock.forward(Duration.ofMinutes(9));
    assertThat(browser.get("/session").statusCode()).isEqualTo(303);
  }

  @Test
  void sign_out_ends_the_session_and_empties_the_cache() {
    TestServer.Browser browser = server.signedIn(login);
    String cookie = browser.cookie().orElseThrow();
    HttpResponse<String> out = browser.post("/sign-out", Map.of("_csrf", browser.csrfToken()));
    assertThat(out.statusCode()).isEqualTo(303);
    assertThat(out.headers().firstValue("clear-site-data")).contains("\"cache\"");
    TestServer.Browser back = server.browser();
    back.cookie(cookie);
    assertThat(back.get("/session").statusCode()).isEqualTo(303);
    assertThat(server.audit()).contains(login + ": session.ended (signed out)");
  }

  @Test
  void a_session_ended_in_the_database_is_over_at_the_next_request() {
    TestServer.Browser browser = server.signedIn(login);
    boolean done = server.app.accounts().accounts().signOutEverywhere(Caller.system("test"), login);
    assertThat(done).isTrue();
    assertThat(browser.get("/session").statusCode()).isEqualTo(303);
  }

  @Test
  void forged_requests_are_refused_in_three_ways() {
    TestServer.Browser browser = server.signedIn(login);
    String token = browser.csrfToken();
    assertThat(browser.post("/sign-out", Map.of()).statusCode()).isEqualTo(403);
    assertThat(browser.post("/sign-out", Map.of("_csrf", "x" + token)).statusCode()).isEqualTo(403);
    assertThat(
            browser
                .post("/sign-out", Map.of("_csrf", token), "Sec-Fetch-Site", "cross-site")
                .statusCode())
        .isEqualTo(403);
    assertThat(
            browser
                .post("/sign-out", Map.of("_csrf", token), "Origin", "https://evil.example")
                .statusCode())
        .isEqualTo(403);
    assertThat(
            server
                .browser()
                .post("/sign-in", Map.of("login", login), "Sec-Fetch-Site", "cross-site")
                .statusCode())
        .isEqualTo(403);
    assertThat(browser.get("/session").statusCode()).isEqualTo(200);
    assertThat(
            browser
                .post(
                    "/sign-out",
                    Map.of(),
                    "X-CSRF-Token",
                    token,
                    "Sec-Fetch-Site",
                    "same-origin",
                    "Origin",
                    server.console())
                .statusCode())
        .isEqualTo(303);
  }

  @Test
  void after_sign_in_only_a_plain_path_of_our_own_is_followed() {
    assertThat(AccountsFeature.local("/inbox/0b6b5e6e-0000-4000-8000-1234567890ab"))
        .isEqualTo("/inbox/0b6b5e6e-0000-4000-8000-1234567890ab");
    for (String bad :
        List.of(
            "", "//evil.example", "/\\evil.example", "https://evil.example", "/a?b", "/%2fevil")) {
      assertThat(AccountsFeature.local(bad)).as(bad).isEqualTo("/");
    }
  }

  @Test
  void the_database_holds_neither_passwords_nor_tokens_nor_codes_secrets() {
    String secret = server.account(login + "x", "clinician").totpSecret();
    TestServer.Browser browser = server.signedIn(login);
    String token = server.token("bench", "patient:*");
    String everything =
        new Db(server.database.owner())
            .inTransaction(
                tx ->
                    String.join(
                        "\n",
                        tx.query(
                            """
                            SELECT a::text AS row FROM wardline.account a
                            UNION ALL SELECT s::text FROM wardline.session s
                            UNION ALL SELECT c::text FROM wardline.api_client c
                            """,
                            row -> row.string("row"))));
    assertThat(everything)
        .contains("argon2id")
        .doesNotContain(TestServer.PASSWORD)
        .doesNotContain(browser.cookie().orElseThrow())
        .doesNotContain(token)
        .doesNotContain(secret);
  }

  @Test
  void accounts_are_refused_with_a_reason_the_person_understands() {
    Accounts accounts = server.app.accounts().accounts();
    Caller caller = Caller.system("test");
    assertThat(
            accounts.create(
                caller, login.toUpperCase(Locale.ROOT), "A", "long enough 1", List.of("it")))
        .isInstanceOf(Accounts.Creation.LoginTaken.class);
    assertThat(accounts.create(caller, "b", "B", "long enough 1", List.of("it")))
        .isInstanceOf(Accounts.Creation.Refused.class);
    assertThat(accounts.create(caller, "berta", "B", "short", List.of("it")))
        .isInstanceOf(Accounts.Creation.Refused.class);
    assertThat(accounts.create(caller, "berta", "B", "x-berta-x-1", List.of("it")))
        .isInstanceOf(Accounts.Creation.Refused.class);
    assertThat(accounts.create(caller, "berta", "B", "p".repeat(100), List.of("it")))
        .isInstanceOf(Accounts.Creation.Created.class);
  }
}
