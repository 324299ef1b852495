package org.wardline.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.util.encoders.Base32;
import org.wardline.jdbc.Db;
import org.wardline.metrics.Metrics;
import org.wardline.server.accounts.Accounts;
import org.wardline.server.accounts.Caller;
import org.wardline.server.archive.ArchiveSettings;
import org.wardline.server.conversations.ConversationsFeature;
import org.wardline.server.conversations.Line;
import org.wardline.server.web.WebSettings;
import org.wardline.sms.InDoubt;
import org.wardline.sms.SenderAddress;
import org.wardline.sms.SmsFormat;
import org.wardline.sms.TransportKeys;

/** The whole server on free ports, with a real database and a clock that tests can move. */
public final class TestServer implements AutoCloseable {
  public static final String PASSWORD = "correct horse battery";

  /** A clock that is the computer's, moved forward by what a test asks for. */
  public static final class MovableClock extends Clock {
    private volatile Duration ahead = Duration.ZERO;

    private volatile @org.jspecify.annotations.Nullable Instant standing;

    public void forward(Duration by) {
      ahead = ahead.plus(by);
      Instant still = standing;
      standing = still == null ? null : still.plus(by);
    }

    /** From now on the time is this, until {@link #go}. */
    public void stand() {
      standing = instant();
    }

    public void go() {
      standing = null;
    }

    @Override
    public Instant instant() {
      Instant still = standing;
      return still == null ? Instant.now().plus(ahead) : still;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  public final MovableClock clock = new MovableClock();
  public final PostgresFixture.Database database = PostgresFixture.database();
  public final Metrics metrics = new Metrics();
  public final App app;
  public final Path folder;
  private final SSLContext trust;
  private final Map<String, String> totpSecrets = new ConcurrentHashMap<>();

  /** Few enough that a test can reach it. */
  public static final int MAX_WAITING_TEXTS = 2_000;

  /** Without the guard against sending the same words twice, which many tests do. */
  public TestServer() {
    this(Duration.ZERO);
  }

  public TestServer(Duration sameTextWindow) {
    try {
      folder = Files.createTempDirectory("wardline-test");
      app =
          App.start(
              new ServerSettings(
                  database.server(),
                  TransportKeys.loadOrCreate(folder.resolve("transport.key")),
                  folder.resolve("root.key"),
                  folder,
                  ZoneId.of("America/Chicago"),
                  new WebSettings("127.0.0.1", 0, 0, 0, folder.resolve("tls")),
                  ServerSettings.IDLE_LOG_OFF,
                  new ConversationsFeature.Settings(
                      true,
                      List.of(
                          new Line(
                              "main",
                              "Main line",
                              SenderAddress.of("+13125550199"),
                              "Lakeside Clinic"),
                          new Line(
                              "billing",
                              "Billing",
                              SenderAddress.of("+13125550198"),
                              "Lakeside Clinic"),
                          new Line(
                              "nurses",
                              "Nurses",
                              SenderAddress.of("+13125550197"),
                              "Lakeside Clinic",
                              List.of(SenderAddress.of("+13125550196"), SenderAddress.of("72345")),
                              InDoubt.ASK,
                              SmsFormat.parse("latin1 udh-16"))),
                      MAX_WAITING_TEXTS,
                      sameTextWindow),
                  new ArchiveSettings("127.0.0.1", 1, "none", "nobody", () -> "", 1),
                  clock),
              metrics);
      trust = trusting(app.web().certificateAuthority().certificateFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SSLContext trusting(Path certificateFile) {
    try (var in = Files.newInputStream(certificateFile)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "ca", java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in));
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public String console() {
    return "https://localhost:" + app.web().consolePort();
  }

  public String portal() {
    return "https://localhost:" + app.web().portalPort();
  }

  public String metrics() {
    return "http://127.0.0.1:" + app.web().metricsPort();
  }

  /** A client that trusts the appliance, speaks the given version and follows nothing. */
  public HttpClient client(HttpClient.Version version) {
    return client(version, Optional.empty());
  }

  /** A client that asks from one of this computer's addresses, such as 127.0.0.2. */
  public HttpClient client(HttpClient.Version version, Optional<InetAddress> from) {
    HttpClient.Builder builder = HttpClient.newBuilder().sslContext(trust).version(version);
    from.ifPresent(builder::localAddress);
    return builder.build();
  }

  /** A raw TLS connection to the console, for requests that no client would make. */
  public SSLSocket rawConsole() throws IOException {
    return (SSLSocket)
        trust
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), app.web().consolePort());
  }

  /** Writes bytes as they are and reads until the server closes or {@code patience} is over. */
  public static RawAnswer exchange(Socket socket, String request, Duration patience) {
    StringBuilder text = new StringBuilder();
    long start = System.nanoTime();
    boolean closed = false;
    try {
      socket.setSoTimeout((int) patience.toMillis());
      socket.getOutputStream().write(request.getBytes(UTF_8));
      socket.getOutputStream().flush();
      byte[] buffer = new byte[8_192];
      for (int n = socket.getInputStream().read(buffer);
          n >= 0;
          n = socket.getInputStream().read(buffer)) {
        text.append(new String(buffer, 0, n, UTF_8));
      }
      closed = true;
    } catch (SocketTimeoutException e) {
      closed = false;
    } catch (IOException e) {
      closed = true;
    }
    return new RawAnswer(text.toString(), closed, Duration.ofNanos(System.nanoTime() - start));
  }

  /**
   * @param closed whether the server ended the connection
   */
  public record RawAnswer(String text, boolean closed, Duration took) {}

  /** A raw connection without TLS. */
  public Socket rawPlain(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  public Accounts.Creation.Created account(String login, String role) {
    Accounts.Creation creation =
        app.accounts()
            .accounts()
            .create(Caller.system("test"), login, login, PASSWORD, List.of(role));
    Accounts.Creation.Created created = (Accounts.Creation.Created) creation;
    totpSecrets.put(login, created.totpSecret());
    return created;
  }

  public String token(String name, String... scopes) {
    return app.accounts()
        .clients()
        .create(Caller.system("test"), name, List.of(scopes), Duration.ofDays(1));
  }

  /** The present code of an account made by {@link #account}. */
  public String code(String login) {
    return code(login, clock.instant());
  }

  public String code(String login, Instant at) {
    try {
      return new TimeBasedOneTimePasswordGenerator()
          .generateOneTimePasswordString(
              new SecretKeySpec(Base32.decode(padded(totpSecrets.get(login))), "HmacSHA1"),
              at,
              Locale.ROOT);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String padded(@org.jspecify.annotations.Nullable String base32) {
    String text = String.valueOf(base32);
    return text + "=".repeat((8 - text.length() % 8) % 8);
  }

  /** A browser without scripts: keeps the session's cookie. */
  public Browser browser() {
    return new Browser(client(HttpClient.Version.HTTP_1_1));
  }

  /** A browser on another computer: 127.0.0.2 and so on. */
  public Browser browserAt(String address) {
    return new Browser(
        client(HttpClient.Version.HTTP_1_1, Optional.of(InetAddress.ofLiteral(address))));
  }

  public Browser signedIn(String login) {
    Browser browser = browser();
    HttpResponse<String> response = browser.signIn(login, PASSWORD, code(login));
    if (response.statusCode() != 303) {
      throw new AssertionError("sign-in answered " + response.statusCode());
    }
    return browser;
  }

  /** Keeps one cookie and the CSRF token of the last page. */
  public final class Browser {
    private final HttpClient client;
    private Optional<String> cookie = Optional.empty();

    Browser(HttpClient client) {
      this.client = client;
    }

    public HttpResponse<String> get(String path, String... headers) {
      return send(builder(path, headers).GET());
    }

    public HttpResponse<String> post(String path, Map<String, String> form, String... headers) {
      StringJoiner body = new StringJoiner("&");
      form.forEach(
          (name, value) ->
              body.add(URLEncoder.encode(name, UTF_8) + "=" + URLEncoder.encode(value, UTF_8)));
      return send(
          builder(path, headers)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    public HttpResponse<String> signIn(String login, String password, String code) {
      return post("/sign-in", Map.of("login", login, "password", password, "code", code));
    }

    /** The token in the last page's head. */
    public String csrfToken() {
      String page = get("/sign-in-does-not-exist").body();
      int at = page.indexOf("name=\"csrf-token\" content=\"");
      int start = page.indexOf("content=\"", at) + "content=\"".length();
      return page.substring(start, page.indexOf('"', start));
    }

    public Optional<String> cookie() {
      return cookie;
    }

    public void cookie(String value) {
      cookie = Optional.of(value);
    }

    public HttpRequest.Builder builder(String path, String... headers) {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(URI.create(console() + path)).timeout(Duration.ofSeconds(30));
      if (headers.length > 0) {
        builder.headers(headers);
      }
      cookie.ifPresent(value -> builder.header("Cookie", "__Host-wardline=" + value));
      return builder;
    }

    public HttpClient client() {
      return client;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
      try {
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        response
            .headers()
            .firstValue("Set-Cookie")
            .map(set -> set.substring(set.indexOf('=') + 1, set.indexOf(';')))
            .ifPresent(value -> cookie = Optional.of(value).filter(v -> !v.isEmpty()));
        return response;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** Every audit event as "actor: action (detail)", oldest first. */
  public List<String> audit() {
    return new Db(database.owner())
        .inTransaction(
            tx ->
                tx.query(
                    "SELECT actor_name, action, detail FROM wardline.audit_event ORDER BY seq",
                    row ->
                        row.string("actor_name")
                            + ": "
                            + row.string("action")
                            + " ("
                            + row.string("detail")
                            + ")"));
  }

  @Override
  public void close() {
    app.close();
    database.server().close();
    remove();
  }

  private void remove() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
