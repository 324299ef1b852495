package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.util.encoders.Base32;
import tools.jackson.databind.JsonNode;

/** A real browser, and what every test with one does. */
final class Chromium implements AutoCloseable {
  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  static Chromium start() {
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Chromium(
        playwright,
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(program())
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--no-first-run"))));
  }

  /** What ./dev test found; without it, the first one in the PATH. */
  private static Path program() {
    String found = System.getenv("WARDLINE_CHROMIUM");
    if (found != null) {
      return Path.of(found);
    }
    return Stream.of(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, "chromium"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("No chromium in the PATH. Run: ./dev test --yes"));
  }

  /** A window of its own, signed in nowhere. */
  BrowserContext context(int width, int height) {
    return browser.newContext(options(width, height));
  }

  /** The same person on another screen. */
  BrowserContext context(BrowserContext person, int width, int height, ColorScheme scheme) {
    return browser.newContext(
        options(width, height).setColorScheme(scheme).setStorageState(person.storageState()));
  }

  private static Browser.NewContextOptions options(int width, int height) {
    return new Browser.NewContextOptions()
        .setIgnoreHTTPSErrors(true)
        // Contrast is measured on what stands still, not in the middle of a fade.
        .setReducedMotion(ReducedMotion.REDUCE)
        .setViewportSize(width, height);
  }

  /** Signs in whoever has the role; once in half a minute, because a code works once. */
  static void signIn(Page where, JsonNode run, String role) throws Exception {
    for (JsonNode user : run.path("users")) {
      if (user.path("roles").path(0).asString().equals(role)) {
        where.navigate(run.path("console").asString());
        where.locator("#login").fill(user.path("login").asString());
        where.locator("#password").fill(user.path("password").asString());
        where.locator("#code").fill(code(user.path("totpSecret").asString()));
        where.locator("main button[type=submit]").click();
        return;
      }
    }
    throw new AssertionError("no user with role " + role);
  }

  private static String code(String secret) throws Exception {
    String padded = secret + "=".repeat((8 - secret.length() % 8) % 8);
    return new TimeBasedOneTimePasswordGenerator()
        .generateOneTimePasswordString(
            new SecretKeySpec(Base32.decode(padded), "HmacSHA1"), Instant.now(), Locale.ROOT);
  }

  static void shot(Page of, String name) throws Exception {
    Path folder = RunningWardline.root().resolve("appliance/target/screenshots");
    Files.createDirectories(folder);
    of.screenshot(new Page.ScreenshotOptions().setPath(folder.resolve(name + ".png")));
  }

  static void axe(Page of) {
    assertThat(
            new AxeBuilder(of)
                .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"))
                .analyze()
                .getViolations())
        .isEmpty();
  }

  @Override
  public void close() {
    playwright.close();
  }
}
