package org.wardline.server.accounts;

import io.helidon.http.HeaderNames;
import io.helidon.http.SetCookie;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Worker;
import org.wardline.server.audit.Audit;
import org.wardline.server.keys.SystemKeys;
import org.wardline.server.parts.Parts;
import org.wardline.server.web.Csrf;
import org.wardline.server.web.Form;
import org.wardline.server.web.Json;
import org.wardline.server.web.Known;
import org.wardline.server.web.LiveEvents;
import org.wardline.server.web.Pages;
import org.wardline.server.web.Problem;

/** People, programs, sign-in and sessions; makes {@link Access} for all other features. */
public final class AccountsFeature implements AutoCloseable {
  /** A longer idle time is not offered, whatever the configuration says. */
  public static final Duration IDLE_MAX = Duration.ofMinutes(15);

  /** Less would sign people out while they read. */
  public static final Duration IDLE_MIN = Duration.ofMinutes(1);

  private static final Duration PURGE_EVERY = Duration.ofMinutes(1);
  private static final int NEXT_CHARACTERS_MAX = 200;
  private static final String NO_SUCCESS =
      "Sign-in did not work. Check login, password and the current code. After several tries, wait"
          + " a few minutes before the next one.";

  /** Answer of {@code GET /session}: how long the person may do nothing. */
  private record SessionView(long idleSecondsLeft) {}

  private final Db db;
  private final Audit audit;
  private final Pages pages;
  private final LiveEvents live;
  private final InstantSource clock;
  private final Sessions sessions;
  private final Accounts accounts;
  private final ApiClients clients;
  private final SignIn signIn;
  private final Access access;
  private final Worker purge;

  public AccountsFeature(Parts parts, Duration idleLogOff) {
    if (idleLogOff.compareTo(IDLE_MAX) > 0 || idleLogOff.compareTo(IDLE_MIN) < 0) {
      throw new IllegalArgumentException(
          "The idle log-off must be between "
              + IDLE_MIN.toMinutes()
              + " and "
              + IDLE_MAX.toMinutes()
              + " minutes.");
    }
    this.db = parts.db();
    this.audit = parts.audit();
    this.pages = parts.pages();
    this.live = parts.live();
    this.clock = parts.clock();
    SecureRandom random = parts.random();
    SystemKeys keys = parts.systemKeys();
    this.sessions = new Sessions(db, random, clock, idleLogOff, live::endSession);
    Passwords passwords = new Passwords();
    this.accounts = new Accounts(db, audit, keys, random, passwords);
    this.clients = new ApiClients(db, audit, random, clock);
    this.signIn = new SignIn(db, audit, keys, sessions, passwords, clock);
    this.access = new Access(db, audit, sessions, clients);
    this.purge =
        new Worker(
            "sessions",
            PURGE_EVERY,
            () -> {
              int ignored = sessions.purge();
              return 0;
            });
    parts.metrics().gauge("wardline_sessions_open", "People signed in.", sessions::open);
  }

  public Accounts accounts() {
    return accounts;
  }

  public ApiClients clients() {
    return clients;
  }

  public Access access() {
    return access;
  }

  public void routes(HttpRules rules) {
    rules.get("/sign-in", this::signInPage);
    rules.post("/sign-in", this::signIn);
    rules.post("/sign-out", access.signedIn(this::signOut));
    rules.get("/session", access.signedIn(this::session));
    rules.get("/", access.signedIn(this::home));
    rules.get(
        "/live",
        access.console(
            "conversation:read",
            (caller, request, response) -> {
              Known.streams(request);
              live.serve(
                  caller,
                  request.context().get(Session.class).orElseThrow().key(),
                  access.stillSignedIn(request),
                  request,
                  response);
            }));
  }

  private void home(Caller caller, ServerRequest request, ServerResponse response) {
    Pages.redirect(request, response, home(caller));
  }

  private static String home(Caller caller) {
    return caller.mayOnSomeLine("conversation:read") ? "/inbox" : "/health";
  }

  private void signInPage(ServerRequest request, ServerResponse response) {
    Optional<Sessions.SignedIn> already = access.find(request, true);
    if (already.isPresent()) {
      Pages.redirect(request, response, home(already.get().caller()));
      return;
    }
    boolean signedOut = request.query().contains("signed-out");
    show(
        request,
        response,
        Status.OK_200,
        signedOut ? "You are signed out." : "",
        "",
        request.query().first("next").orElse(""));
  }

  private void signIn(ServerRequest request, ServerResponse response) {
    Csrf.checkOrigin(request);
    Form form = Form.of(request);
    SignIn.Attempt attempt =
        new SignIn.Attempt(
            form.trimmed("login"),
            form.text("password"),
            form.trimmed("code"),
            request.remotePeer().host(),
            request.headers().value(HeaderNames.USER_AGENT).orElse(""));
    switch (signIn.attempt(attempt, Access.cookie(request))) {
      case SignIn.Outcome.Done done -> {
        response.headers().addCookie(cookie(done.session().cookie()));
        Pages.redirect(request, response, local(form.text("next")));
      }
      case SignIn.Outcome.Refused refused ->
          show(
              request,
              response,
              Status.UNAUTHORIZED_401,
              NO_SUCCESS,
              attempt.login(),
              form.text("next"));
      case SignIn.Outcome.TooMany many ->
          throw Problem.tooMany(
              "Too many failed sign-ins from this computer. Wait a little and try again.",
              (int) many.retryAfter().toSeconds());
    }
  }

  private void show(
      ServerRequest request,
      ServerResponse response,
      Status status,
      String message,
      String login,
      String next) {
    Caller nobody = Caller.anonymous("", request.remotePeer().host());
    pages.send(
        response,
        status,
        Pages.templates()
            .accountsSignIn(
                pages.page(nobody, request),
                message,
                status.code() != Status.OK_200.code(),
                login,
                local(next)));
  }

  /** Only a plain path of our own; anything else could lead a person astray. */
  static String local(String next) {
    return next.length() <= NEXT_CHARACTERS_MAX && next.matches("/[A-Za-z0-9][A-Za-z0-9/_-]*")
        ? next
        : "/";
  }

  private void signOut(Caller caller, ServerRequest request, ServerResponse response) {
    db.run(
        tx -> {
          Access.cookie(request).ifPresent(cookie -> sessions.end(tx, cookie));
          audit.record(tx, caller, "session.ended", caller.id(), "signed out");
        });
    response.headers().addCookie(SetCookie.builder(cookie("")).maxAge(Duration.ZERO).build());
    response.header("Clear-Site-Data", "\"cache\"");
    Pages.redirect(request, response, "/sign-in?signed-out");
  }

  private void session(Caller caller, ServerRequest request, ServerResponse response) {
    Session session = request.context().get(Session.class).orElseThrow();
    Duration left =
        Access.isBackground(request)
            ? Duration.between(clock.instant(), session.idleEndsAt())
            : session.idleLogOff();
    Json.send(response, Status.OK_200, new SessionView(Math.max(0, left.toSeconds())));
  }

  private static SetCookie cookie(String value) {
    return SetCookie.builder(Access.COOKIE, value)
        .path("/")
        .secure(true)
        .httpOnly(true)
        .sameSite(SetCookie.SameSite.STRICT)
        .build();
  }

  @Override
  public void close() {
    purge.close();
  }
}
