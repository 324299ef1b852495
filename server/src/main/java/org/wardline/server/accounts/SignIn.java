package org.wardline.server.accounts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Tx;
import org.wardline.server.audit.Audit;
import org.wardline.server.keys.SystemKeys;

/**
 * Checks login, password and code together. A refusal never tells which was wrong, whether the
 * login exists or whether it is locked, neither in words nor in time; the audit does.
 */
final class SignIn {
  /** For one account from one address. */
  private static final int FREE_FAILURES = 5;

  /** For one account from all addresses together, until it next succeeds. */
  private static final int ACCOUNT_FREE_FAILURES = 50;

  /** NIST SP 800-63B-4 §3.2.2. */
  private static final int ACCOUNT_FAILURES_MAX = 100;

  private static final Duration ACCOUNT_LOCK = Duration.ofMinutes(1);
  private static final int TRIES_KEPT_MAX = 10_000;

  private static final String HAS_SIGNED_IN_FROM =
      """
      SELECT 1 AS one FROM wardline.audit_event
      WHERE action = 'session.started' AND actor_id = ? AND address = ? LIMIT 1
      """;

  private static final Duration FIRST_LOCK = Duration.ofSeconds(15);

  /**
   * However often somebody fails on purpose, the practice's own people get in again after this.
   * With a code of six digits on top of the password, four tries an hour are safe.
   */
  private static final Duration LONGEST_LOCK = Duration.ofMinutes(15);

  private static final int LOCK_DOUBLINGS_MAX = 20;

  private static final String FIND =
      """
      SELECT id, password_hash, sealed_totp FROM wardline.account WHERE lower(login) = lower(?)
      """;

  private static final String LOCK =
      """
      SELECT login, failures, locked_until, totp_last_step FROM wardline.account
      WHERE id = ? FOR UPDATE
      """;

  sealed interface Outcome {
    record Done(Sessions.Started session) implements Outcome {}

    record Refused() implements Outcome {}

    record TooMany(Duration retryAfter) implements Outcome {}
  }

  /** What the person typed. */
  record Attempt(String login, String password, String code, String address, String userAgent) {
    @Override
    public String toString() {
      return "Attempt[redacted]";
    }
  }

  private record Account(UUID id, String passwordHash, byte[] totpSecret) {}

  private record From(UUID account, String address) {}

  private record Tries(int failures, Instant lockedUntil) {}

  private record State(
      String login, int failures, Optional<Instant> lockedUntil, long totpLastStep) {}

  private final Db db;
  private final Audit audit;
  private final SystemKeys keys;
  private final Sessions sessions;
  private final InstantSource clock;
  private final Passwords passwords;
  private final Totp totp = new Totp();
  private final AddressLimits addresses = new AddressLimits();
  private final Map<From, Tries> tries =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<From, Tries> eldest) {
              return size() > TRIES_KEPT_MAX;
            }
          });

  SignIn(
      Db db,
      Audit audit,
      SystemKeys keys,
      Sessions sessions,
      Passwords passwords,
      InstantSource clock) {
    this.db = db;
    this.audit = audit;
    this.keys = keys;
    this.sessions = sessions;
    this.passwords = passwords;
    this.clock = clock;
  }

  /**
   * @param oldCookie a session the browser still has; it ends when this sign-in succeeds
   */
  Outcome attempt(Attempt attempt, Optional<String> oldCookie) {
    Optional<Duration> wait = addresses.take(attempt.address());
    if (wait.isPresent()) {
      return new Outcome.TooMany(wait.get());
    }
    Optional<Account> account = find(attempt.login());
    if (account.isEmpty()) {
      passwords.compareWithNobody(attempt.password());
      // Not the login as typed: people type passwords into the wrong field.
      Caller nobody = Caller.anonymous("unknown", attempt.address());
      return db.inTransaction(tx -> refuse(tx, nobody, Optional.empty(), "unknown login"));
    }
    boolean passwordRight = passwords.matches(attempt.password(), account.get().passwordHash());
    OptionalLong step = totp.step(account.get().totpSecret(), attempt.code(), clock.instant());
    Outcome outcome =
        db.inTransaction(
            tx -> decide(tx, attempt, account.get().id(), passwordRight, step, oldCookie));
    if (outcome instanceof Outcome.Done) {
      addresses.giveBack(attempt.address());
    }
    return outcome;
  }

  private Optional<Account> find(String login) {
    return db.inTransaction(
        tx ->
            tx.first(
                FIND,
                row ->
                    new Account(
                        row.uuid("id"),
                        row.string("password_hash"),
                        keys.open("account", row.uuid("id"), row.bytes("sealed_totp"))),
                login.strip()));
  }

  private Outcome decide(
      Tx tx,
      Attempt attempt,
      UUID id,
      boolean passwordRight,
      OptionalLong step,
      Optional<String> oldCookie) {
    Instant now = clock.instant();
    State state =
        tx.one(
            LOCK,
            row ->
                new State(
                    row.string("login"),
                    row.intValue("failures"),
                    row.optionalInstant("locked_until"),
                    row.longValue("totp_last_step")),
            id);
    Caller caller = Caller.anonymous(state.login(), attempt.address());
    Optional<UUID> object = Optional.of(id);
    From from = new From(id, attempt.address());
    Tries before = tries.getOrDefault(from, new Tries(0, Instant.MIN));
    if (before.lockedUntil().isAfter(now) || isLockedForStrangers(tx, state, from, now)) {
      return refuse(tx, caller, object, "locked");
    }
    boolean codeRight = step.isPresent() && step.getAsLong() > state.totpLastStep();
    if (!passwordRight || !codeRight) {
      int failures = state.failures() + 1;
      int here = before.failures() + 1;
      tries.put(from, new Tries(here, here < FREE_FAILURES ? Instant.MIN : now.plus(lock(here))));
      tx.update(
          "UPDATE wardline.account SET failures = ?, locked_until = ? WHERE id = ?",
          failures,
          failures < ACCOUNT_FREE_FAILURES ? null : now.plus(ACCOUNT_LOCK),
          id);
      String reason =
          !passwordRight ? "wrong password" : step.isPresent() ? "code used before" : "wrong code";
      return refuse(tx, caller, object, reason);
    }
    tx.update(
        """
        UPDATE wardline.account
        SET failures = 0, locked_until = NULL, totp_last_step = ?, last_sign_in_at = ?
        WHERE id = ?
        """,
        step.getAsLong(),
        now,
        id);
    tries.remove(from);
    oldCookie.ifPresent(cookie -> sessions.end(tx, cookie));
    Caller person =
        new Caller(Caller.Kind.PERSON, object, state.login(), attempt.address(), List.of());
    audit.record(tx, person, "session.started", object, "password and code");
    return new Outcome.Done(sessions.start(tx, id, attempt.address(), attempt.userAgent()));
  }

  /**
   * Somebody fails at this account from many addresses. Those from which its person has signed in
   * before stay open, limited by their own failures: nobody elsewhere can lock the person out.
   */
  private static boolean isLockedForStrangers(Tx tx, State state, From from, Instant now) {
    boolean locked =
        state.failures() >= ACCOUNT_FAILURES_MAX
            || state.lockedUntil().filter(until -> until.isAfter(now)).isPresent();
    return locked
        && tx.first(HAS_SIGNED_IN_FROM, row -> row.intValue("one"), from.account(), from.address())
            .isEmpty();
  }

  private Outcome refuse(Tx tx, Caller caller, Optional<UUID> account, String reason) {
    audit.record(tx, caller, "sign-in.refused", account, reason);
    return new Outcome.Refused();
  }

  static Duration lock(int failures) {
    int doublings = Math.min(failures - FREE_FAILURES, LOCK_DOUBLINGS_MAX);
    Duration lock = FIRST_LOCK.multipliedBy(1L << doublings);
    return lock.compareTo(LONGEST_LOCK) > 0 ? LONGEST_LOCK : lock;
  }
}
