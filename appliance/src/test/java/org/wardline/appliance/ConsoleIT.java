package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.sms.Lookalikes;
import org.wardline.sms.NationalLanguage;
import org.wardline.sms.SmsFormat;
import org.wardline.sms.SmsText;
import org.wardline.smsc.SmscSimulator;

/**
 * Staff in a real browser, the carrier on a real socket. proves MSG-1, MSG-3, MSG-5, MSG-10, ACC-1
 * (TOTP), ACC-2 ({@code it} sees no patient data)
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleIT {
  private static final String LINE = "+13125550199";
  private static final String NUMBER = "+13125550177";

  @TempDir static Path dir = Path.of("");
  private static SmscSimulator carrier;
  private static RunningWardline wardline;
  private static RestClient rest;
  private static Chromium chromium;
  private static BrowserContext staff;
  private static Page page;
  private static final List<String> complaints = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    carrier = Carrier.start();
    wardline =
        RunningWardline.start(
            dir.resolve("data"), RunningWardline.Ports.free(), "--smsc", Carrier.address(carrier));
    rest = new RestClient(wardline);
    rest.patient("Ana", "Browser", NUMBER);
    assertThat(rest.text(NUMBER, "First contact", "console-1").status()).isEqualTo(202);
    chromium = Chromium.start();
    staff = chromium.context(1280, 800);
    page = staff.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
  }

  @AfterAll
  static void stop() {
    chromium.close();
    wardline.close();
    carrier.close();
  }

  @Test
  @Order(1)
  void staff_sign_in_send_see_delivered_and_the_answer_without_reload() throws Exception {
    page.navigate(wardline.run().path("console").asString());
    Chromium.shot(page, "sign-in");
    Chromium.axe(page);
    Chromium.signIn(page, wardline.run(), "clinician");
    page.locator("text=Ana Browser").first().click();
    Locator text = page.locator("#text");
    text.waitFor();
    page.evaluate("() => { window.sameDocument = true; }");

    String words = "Hello Ana – see you at 3 😀 {ok} €5";
    text.fill(words);
    page.keyboard().press("Control+Enter");
    Locator bubble = page.locator("li.msg.out").last();
    Until.holds(
        "shown at once", Duration.ofSeconds(2), () -> bubble.innerText().contains("see you at 3"));
    Until.holds(
        "delivered without reload",
        Duration.ofSeconds(10),
        () -> bubble.innerText().contains("Delivered"));
    assertThat(carrier.messagesTo(NUMBER).getLast().text()).isEqualTo(words);
    assertThat(text.inputValue()).isEmpty();

    String answer = "Да, спасибо! 🙂 " + "Увидимся в три часа. ".repeat(4);
    assertThat(SmsText.of(answer).segments()).isEqualTo(2);
    text.fill("half a sentence that must st");
    carrier
        .sendParts(NUMBER, LINE, SmsText.of(answer).split(77).reversed())
        .get(5, TimeUnit.SECONDS);
    long acknowledged = System.nanoTime();
    Until.holds(
        "the whole answer is there within a second",
        Duration.ofSeconds(1),
        () -> page.locator("li.msg.in").last().innerText().contains(answer.strip()));
    System.out.printf(
        "the answer was on screen %d ms after the carrier's acknowledgement%n",
        (System.nanoTime() - acknowledged) / 1_000_000);
    assertThat(page.locator("#text").inputValue()).isEqualTo("half a sentence that must st");
    assertThat(page.evaluate("() => window.sameDocument === true")).isEqualTo(true);
    Chromium.shot(page, "thread");
    Chromium.axe(page);
    text.fill("");
  }

  @Test
  @Order(2)
  void the_composers_counter_and_offer_equal_what_is_sent_in_every_format() {
    List<String> pieces =
        List.of(
            "a",
            "é",
            "€",
            "{",
            "[",
            "~",
            "ç",
            "Ω",
            "\n",
            "’",
            "я",
            "😀",
            "e\u0301",
            " ",
            "ü",
            "^",
            "\\",
            "ş",
            "ã",
            "á",
            "«",
            "क",
            "ک",
            "…",
            "\u200B",
            "ﬁ",
            "👨\u200D👩\u200D👧",
            "🇺🇸");
    List<SmsFormat> formats = new ArrayList<>();
    for (SmsFormat.Concatenation kind : SmsFormat.Concatenation.values()) {
      formats.add(SmsFormat.USUAL.withConcatenation(kind));
      formats.add(SmsFormat.USUAL.withConcatenation(kind).withAlphabet(SmsFormat.Alphabet.LATIN1));
    }
    for (NationalLanguage language : NationalLanguage.values()) {
      formats.add(SmsFormat.USUAL.withLanguages(language));
    }
    formats.add(SmsFormat.parse("gsm7 udh-16").withLanguages(NationalLanguage.values()));
    Random random = new Random(20261121);
    List<List<String>> asked = new ArrayList<>();
    List<List<Object>> expected = new ArrayList<>();
    for (SmsFormat format : formats) {
      for (int i = 0; i < 200; i++) {
        SmsText sent = SmsText.of(words(random, pieces), format);
        asked.add(List.of(sent.text(), format.written()));
        expected.add(
            List.of(
                sent.segments(),
                sent.units(),
                sent.unitsLeftInLastSegment(),
                sent.encoding().wireName(),
                sent.firstNonGsm().orElse(""),
                Lookalikes.offer(sent).map(o -> o.times() + o.after().text()).orElse("none")));
      }
    }
    Object module =
        page.evaluate(
            "() => performance.getEntriesByType('resource').map(e => e.name).find(n => n.includes('segments'))");
    Object shown =
        page.evaluate(
            """
            async ([url, asked]) => {
              const { measure, offer } = await import(url);
              return asked.map(([text, format]) => {
                const m = measure(text, format);
                const o = offer(text, format);
                return [m.segments, m.units, m.left, m.encoding, m.firstNonGsm,
                        o ? o.times + o.text : 'none'];
              });
            }
            """,
            List.of(module, asked));
    assertThat(shown).isEqualTo(expected);
  }

  private static String words(Random random, List<String> pieces) {
    StringBuilder words = new StringBuilder();
    int length = random.nextInt(1, 420);
    int variety = random.nextInt(1, pieces.size() + 1);
    int first = random.nextInt(pieces.size());
    while (words.length() < length) {
      boolean plain = random.nextInt(3) > 0;
      words.append(plain ? "b" : pieces.get((first + random.nextInt(variety)) % pieces.size()));
    }
    return words.toString();
  }

  @Test
  @Order(3)
  void plain_characters_are_offered_and_taken_with_the_keyboard() throws Exception {
    Locator text = page.locator("#text");
    Locator swap = page.locator("#swap");
    String typed = "“Hello” Ana… " + "Please bring your card. ".repeat(4);
    text.fill(typed);
    assertThat(swap.innerText())
        .startsWith("3 characters such as “ ” … make this 2 texts instead of 1.");
    Chromium.shot(page, "plain-characters");
    Chromium.axe(page);
    text.press("Tab");
    for (int i = 0; i < 3 && !focusIsOn("data-swap"); i++) {
      page.keyboard().press("Tab");
    }
    assertThat(focusIsOn("data-swap")).isTrue();
    page.keyboard().press("Enter");
    String plain = "\"Hello\" Ana... " + "Please bring your card. ".repeat(4);
    assertThat(text.inputValue()).isEqualTo(plain);
    assertThat(swap.isVisible()).isFalse();
    assertThat(page.locator("#counter").innerText()).startsWith("GSM-7 · 1 text");
    assertThat(focusIsOn("name")).isTrue();
    page.keyboard().press("Control+z");
    assertThat(text.inputValue()).as("taken back").isEqualTo(typed);

    text.fill("Pay\u200B now \u202E");
    assertThat(swap.innerText())
        .contains("zero-width space")
        .contains("invisible right-to-left control");
    text.fill("Great 😀 – see you");
    assertThat(swap.innerText()).contains("emoji").doesNotContain("Use plain ones");

    text.fill(typed);
    page.locator("[data-swap]").click();
    page.keyboard().press("Control+Enter");
    Until.holds(
        "sent as counted",
        Duration.ofSeconds(10),
        () -> carrier.messagesTo(NUMBER).getLast().text().strip().equals(plain.strip()));
    assertThat(carrier.messagesTo(NUMBER).getLast().parts()).hasSize(1);
  }

  private static boolean focusIsOn(String attribute) {
    return Boolean.TRUE.equals(
        page.evaluate("name => document.activeElement.hasAttribute(name)", attribute));
  }

  @Test
  @Order(4)
  void a_new_patient_is_put_on_file_asked_for_consent_and_says_yes() throws Exception {
    page.locator("text=New patient").first().click();
    page.locator("[name=givenName]").fill("Noor");
    page.locator("[name=familyName]").fill("Haddad");
    page.locator("[name=number]").first().fill("(312) 555-0166");
    Chromium.shot(page, "new-patient");
    Chromium.axe(page);
    page.locator("main form button[type=submit]:not([name])").last().click();
    Locator ask = page.locator("button:has-text(\"Ask for consent\")");
    ask.waitFor();
    assertThat(page.locator("#text").count()).isZero();
    Chromium.shot(page, "no-consent");
    Chromium.axe(page);
    ask.click();
    var asked = carrier.awaitMessageTo("+13125550166", Duration.ofSeconds(10)).orElseThrow();
    assertThat(asked.text()).contains("Reply YES to agree");
    carrier.sendFromPatient("+13125550166", LINE, "Yes").get(5, TimeUnit.SECONDS);
    page.locator("#text").waitFor();
    Chromium.shot(page, "consented");
  }

  @Test
  @Order(5)
  void a_patients_stop_locks_the_composer_while_staff_look_on() throws Exception {
    page.locator("text=Ana Browser").first().click();
    page.locator("#text").waitFor();
    carrier.sendFromPatient(NUMBER, LINE, "STOP").get(5, TimeUnit.SECONDS);
    Until.holds("locked", Duration.ofSeconds(5), () -> page.locator("#text").count() == 0);
    assertThat(page.locator("#main").innerText()).contains("START");
    Chromium.shot(page, "opted-out");
    Chromium.axe(page);
    carrier.sendFromPatient(NUMBER, LINE, "start").get(5, TimeUnit.SECONDS);
    page.locator("#text").waitFor();
  }

  @Test
  @Order(5)
  void what_happened_while_the_connection_was_broken_is_there_once_it_is_back() throws Exception {
    try (Page window = staff.newPage()) {
      window.route("**/live", Route::abort);
      window.navigate(wardline.run().path("console").asString());
      window.locator("text=Ana Browser").first().click();
      window.locator("#text").waitFor();
      RestClient.Answer sent = rest.text(NUMBER, "Nobody told this window", "console-broken");
      String message = "/messages/" + sent.body().path("id").asString();
      // To the end of its story: from here on no event makes the window look again.
      Until.holds(
          "delivered",
          Duration.ofSeconds(10),
          () -> rest.get(message).body().path("state").asString().equals("delivered"));
      assertThat(window.locator("#main").innerText()).doesNotContain("Nobody told");
      window.unroute("**/live");
      Until.holds(
          "there without a reload",
          Duration.ofSeconds(40),
          () -> window.locator("#main").innerText().contains("Nobody told this window"));
    }
  }

  @Test
  @Order(6)
  void it_works_on_a_small_phone_and_in_the_dark() throws Exception {
    try (BrowserContext phone = chromium.context(staff, 360, 740, ColorScheme.DARK)) {
      Page small = phone.newPage();
      small.navigate(wardline.run().path("console").asString() + "/inbox");
      assertThat(small.evaluate("() => document.documentElement.scrollWidth")).isEqualTo(360);
      Chromium.shot(small, "inbox-phone-dark");
      Chromium.axe(small);
      small.locator("text=Ana Browser").first().click();
      small.locator("#text").waitFor();
      assertThat(small.evaluate("() => document.documentElement.scrollWidth")).isEqualTo(360);
      Chromium.shot(small, "thread-phone-dark");
      Chromium.axe(small);
    }
  }

  @Test
  @Order(7)
  void everything_can_be_done_with_the_keyboard() throws Exception {
    page.navigate(wardline.run().path("console").asString() + "/inbox");
    page.locator("body").press("j");
    page.keyboard().press("Enter");
    page.locator("#text").waitFor();
    page.keyboard().press("Escape");
    page.locator("body").press("c");
    assertThat(page.evaluate("() => document.activeElement.id")).isEqualTo("text");
    page.keyboard().type("typed");
    page.keyboard().press("Control+Enter");
    Until.holds(
        "sent",
        Duration.ofSeconds(10),
        () -> page.locator("li.msg.out").last().innerText().contains("typed"));
  }

  @Test
  @Order(8)
  void it_keeps_the_appliance_running_and_sees_no_patient() throws Exception {
    try (BrowserContext other = chromium.context(1280, 800)) {
      Page it = other.newPage();
      Chromium.signIn(it, wardline.run(), "it");
      it.locator("main").waitFor();
      String console = wardline.run().path("console").asString();
      assertThat(it.url()).isEqualTo(console + "/health");
      Chromium.shot(it, "health");
      Chromium.axe(it);
      String thread = page.url();
      assertThat(thread).contains("/conversations/");
      for (String path :
          List.of("/inbox", thread.substring(console.length()), "/patients/new", "/live")) {
        var answer = it.request().get(console + path);
        assertThat(answer.status()).as(path).isEqualTo(404);
        assertThat(answer.text()).doesNotContain("Ana").doesNotContain("555");
      }
    }
  }

  @Test
  @Order(9)
  void after_sign_out_back_shows_nothing() throws Exception {
    page.navigate(wardline.run().path("console").asString() + "/inbox");
    page.locator("text=Ana Browser").first().waitFor();
    page.locator("text=Sign out").click();
    page.locator("#login").waitFor();
    page.goBack();
    Until.holds("nothing", Duration.ofSeconds(5), () -> !page.content().contains("Ana Browser"));
    assertThat(page.locator("#login").count()).isOne();
  }

  @Test
  @Order(10)
  void the_browser_had_nothing_to_complain_about() {
    assertThat(complaints).isEmpty();
  }
}
