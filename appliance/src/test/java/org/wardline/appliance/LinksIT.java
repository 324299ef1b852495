package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.smsc.SmscSimulator;

/**
 * An operator with two carriers: by command and in a browser, with the real gateway between. proves
 * NET-2 (adding, pausing, draining and removing while it runs), OPS-5 (what is wrong, in words)
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LinksIT {
  private static final String PHONE = "+13125550155";
  private static final Duration SOON = Duration.ofSeconds(15);

  @TempDir static Path dir = Path.of("");
  private static SmscSimulator first;
  private static SmscSimulator second;
  private static RunningWardline wardline;
  private static Chromium chromium;
  private static BrowserContext operator;

  @BeforeAll
  static void start() throws Exception {
    first = Carrier.start();
    second = Carrier.start();
    wardline =
        RunningWardline.start(
            dir.resolve("data"), RunningWardline.Ports.free(), "--smsc", Carrier.address(first));
    chromium = Chromium.start();
    operator = chromium.context(1280, 900);
  }

  @AfterAll
  static void stop() {
    chromium.close();
    wardline.close();
    second.close();
    first.close();
  }

  private record Result(int exit, String out) {}

  private static Result cli(String... words) {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);
    String[] all = new String[words.length + 3];
    all[0] = "link";
    System.arraycopy(words, 0, all, 1, words.length);
    all[words.length + 1] = "--data";
    all[words.length + 2] = wardline.data().toString();
    int exit = Cli.commandLine().setOut(writer).setErr(writer).execute(all);
    return new Result(exit, out.toString());
  }

  @Test
  @Order(1)
  void a_second_carrier_is_added_by_command_while_texts_flow() throws Exception {
    Until.holds("the first is up", SOON, () -> cli("list").out().contains("Connected"));
    Path password = Files.writeString(dir.resolve("password"), Carrier.PASSWORD + "\n");

    Result wrong = cli("add", "backup", "--set", "hots=127.0.0.1");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.out())
        .contains("Did you mean \"host\"?", "\"system-id\" is missing", "\"password\" is missing");

    Result added =
        cli(
            "add",
            "backup",
            "--set",
            "host=127.0.0.1",
            "--set",
            "port=" + second.port(),
            "--set",
            "system-id=wardline",
            "--set",
            "preference=20",
            "--password-file",
            password.toString());
    assertThat(added.exit()).as(added.out()).isZero();
    Until.holds("it is up", SOON, () -> cli("show", "backup").out().contains("Connected"));
    assertThat(cli("show", "backup").out())
        .contains("preference: \"20\"")
        .doesNotContain(Carrier.PASSWORD);
  }

  @Test
  @Order(2)
  void the_way_of_a_text_changes_with_a_pause() throws Exception {
    assertThat(cli("route", PHONE).out()).startsWith("1. carrier: It goes here.");

    assertThat(cli("pause", "carrier").exit()).isZero();
    Until.holds("told so", SOON, () -> cli("route", "+1312").out().startsWith("1. backup"));
    assertThat(cli("route", "+1312").out()).contains("2. carrier: Cannot be counted on now");
    assertThat(cli("resume", "carrier").exit()).isZero();
    Until.holds("back", SOON, () -> cli("route", "+1312").out().startsWith("1. carrier"));
    assertThat(cli("pause", "nobody").exit()).isEqualTo(1);
  }

  @Test
  @Order(3)
  void a_test_text_goes_through_the_link_it_is_meant_for() {
    Result test = cli("test", "backup", PHONE, "--wait", "20");

    assertThat(test.exit()).as(test.out()).isZero();
    assertThat(test.out()).contains("delivered");
    assertThat(second.messagesTo(PHONE).getFirst().text()).contains("through link backup");
    assertThat(first.messagesTo(PHONE)).isEmpty();
    Result wrong = cli("test", "backup", "12");
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.out()).contains("not a phone number");
  }

  @Test
  @Order(4)
  void the_page_shows_by_itself_what_becomes_of_a_link() throws Exception {
    String console = wardline.run().path("console").asString();
    try (Page page = operator.newPage()) {
      Chromium.signIn(page, wardline.run(), "it");
      Path settings =
          Files.writeString(
              dir.resolve("away.yaml"),
              """
              host: 127.0.0.1
              port: 1
              system-id: away
              password: away
              lines: [main]
              prefixes: ["+44", "+1312"]
              preference: 30
              segments-per-second: 5
              """);
      assertThat(cli("add", "away", "--file", settings.toString()).exit()).isZero();
      page.locator("nav >> text=Links").click();
      page.locator("#link-backup >> text=Connected").waitFor();
      page.locator("#link-away >> text=Not connected").waitFor();
      assertThat(page.locator("#link-away").innerText()).contains("cannot be reached");
      page.locator("#link-away summary").click();
      Chromium.shot(page, "links");
      Chromium.axe(page);

      page.evaluate("() => { window.sameDocument = true; }");
      page.locator("#pause-carrier button").focus();
      assertThat(cli("pause", "backup").exit()).isZero();
      Until.holds(
          "shown without reload",
          SOON,
          () -> page.locator("#link-backup").innerText().contains("Paused"));
      assertThat(page.evaluate("() => window.sameDocument === true")).isEqualTo(true);
      assertThat(page.evaluate("() => document.activeElement.closest('form')?.id"))
          .isEqualTo("pause-carrier");

      page.locator("#route-to").fill("+1312");
      page.keyboard().press("Enter");
      page.locator("ol.ways").waitFor();
      assertThat(page.locator("ol.ways").innerText()).contains("carrier", "backup");
      assertThat(page.url()).doesNotContain("1312");
      Chromium.axe(page);

      page.locator("#resume-backup button").click();
      page.locator("#test-backup").click();
      page.locator("#to").fill("+13125550156");
      page.keyboard().press("Enter");
      page.locator("#tests-live li >> text=On the phone, says the carrier").nth(1).waitFor();
      Chromium.shot(page, "links-test");
      Chromium.axe(page);

      page.navigate(console + "/links/backup/settings");
      assertThat(page.locator("#password").inputValue()).isEmpty();
      assertThat(page.content()).doesNotContain(Carrier.PASSWORD);
      Chromium.shot(page, "links-settings");
      Chromium.axe(page);
      page.navigate(console + "/links/backup/remove");
      Chromium.shot(page, "links-remove");
      Chromium.axe(page);
      page.locator("text=Remove it").click();
      Until.holds("gone", SOON, () -> page.locator("#link-backup").count() == 0);
    }
  }

  /** For people to look at; nothing here can fail but a page that does not fit. */
  @Test
  @Order(5)
  void it_fits_every_screen() throws Exception {
    int[][] sizes = {{768, 1024}, {1440, 900}, {2560, 1440}};
    for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
      for (int[] size : sizes) {
        try (BrowserContext screen = chromium.context(operator, size[0], size[1], scheme)) {
          Page page = screen.newPage();
          page.navigate(wardline.run().path("console").asString() + "/links");
          page.locator("#link-away").waitFor();
          assertThat(page.evaluate("() => document.documentElement.scrollWidth"))
              .isEqualTo(size[0]);
          Chromium.shot(page, "links-" + size[0] + "-" + scheme);
        }
      }
    }
  }

  @Test
  @Order(6)
  void it_fits_a_small_phone_in_the_dark() throws Exception {
    try (BrowserContext phone = chromium.context(operator, 360, 740, ColorScheme.DARK)) {
      Page page = phone.newPage();
      page.navigate(wardline.run().path("console").asString() + "/links");
      page.locator("#link-carrier").waitFor();
      assertThat(page.evaluate("() => document.documentElement.scrollWidth")).isEqualTo(360);
      // What a person opened stays open while the page renews itself.
      page.locator("#link-away summary").click();
      assertThat(cli("pause", "away").exit()).isZero();
      page.locator("#link-away >> text=Paused").waitFor();
      assertThat(page.locator("#link-away details[open]").count()).isOne();
      Chromium.shot(page, "links-phone-dark");
      Chromium.axe(page);
      page.navigate(wardline.run().path("console").asString() + "/links/new");
      assertThat(page.evaluate("() => document.documentElement.scrollWidth")).isEqualTo(360);
      Chromium.axe(page);
    }
  }
}
