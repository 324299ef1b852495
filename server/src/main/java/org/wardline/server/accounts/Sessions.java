package org.wardline.server.accounts;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Tx;

/**
 * Sessions live in the database and are looked up at every request, so a session that was ended
 * anywhere is over everywhere at once. A session ends after the idle time without a person's act
 * and at the latest after the absolute limit (NIST SP 800-63B-4 §2.2.3).
 */
final class Sessions {
  private static final Duration ABSOLUTE_LIMIT = Duration.ofHours(12);

  /** Being seen is written at most this often; it must be much shorter than the idle time. */
  private static final Duration SEEN_GRANULE = Duration.ofSeconds(10);

  private static final int USER_AGENT_CHARACTERS_MAX = 200;

  private static final String FIND =
      """
      SELECT s.csrf_token, s.last_seen_at, s.expires_at, a.id, a.login, a.roles
      FROM wardline.session s JOIN wardline.account a ON a.id = s.account_id
      WHERE s.id_hash = ? AND s.last_seen_at > ? AND s.expires_at > ?
      """;

  /** A person at a browser. */
  record SignedIn(Caller caller, Session session, Instant seenAt) {}

  /** A new session; the cookie's value exists only here and in the browser. */
  record Started(String cookie) {
    @Override
    public String toString() {
      return "Started[redacted]";
    }
  }

  private final Db db;
  private final Tokens tokens;
  private final InstantSource clock;
  private final Duration idle;
  private final Consumer<String> ended;

  /**
   * @param ended told the key of every session that this process ends
   */
  Sessions(Db db, SecureRandom random, InstantSource clock, Duration idle, Consumer<String> ended) {
    this.db = db;
    this.tokens = new Tokens(random);
    this.clock = clock;
    this.idle = idle;
    this.ended = ended;
  }

  Started start(Tx tx, UUID account, String address, String userAgent) {
    String cookie = tokens.fresh();
    Instant now = clock.instant();
    tx.update(
        """
        INSERT INTO wardline.session
          (id_hash, account_id, csrf_token, address, user_agent, created_at, last_seen_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        Tokens.hash(cookie),
        account,
        tokens.fresh(),
        address,
        userAgent.substring(0, Math.min(userAgent.length(), USER_AGENT_CHARACTERS_MAX)),
        now,
        now,
        now.plus(ABSOLUTE_LIMIT));
    return new Started(cookie);
  }

  /**
   * Whose session this cookie is, if it lives.
   *
   * @param background true when no person acted: the idle time goes on running
   */
  Optional<SignedIn> find(String cookie, String address, boolean background) {
    byte[] hash = Tokens.hash(cookie);
    Instant now = clock.instant();
    return db.inTransaction(
        tx -> {
          Optional<SignedIn> found =
              tx.first(
                  FIND,
                  row ->
                      new SignedIn(
                          new Caller(
                              Caller.Kind.PERSON,
                              Optional.of(row.uuid("id")),
                              row.string("login"),
                              address,
                              Roles.permissions(row.strings("roles"))),
                          new Session(
                              key(hash),
                              row.uuid("id"),
                              row.string("csrf_token"),
                              idle,
                              min(
                                  row.instant("last_seen_at").plus(idle),
                                  row.instant("expires_at"))),
                          row.instant("last_seen_at")),
                  hash,
                  now.minus(idle),
                  now);
          if (!background
              && found.filter(s -> s.seenAt().isBefore(now.minus(SEEN_GRANULE))).isPresent()) {
            tx.update("UPDATE wardline.session SET last_seen_at = ? WHERE id_hash = ?", now, hash);
          }
          return found;
        });
  }

  /** Ends one session; nothing happens when there is none. */
  void end(Tx tx, String cookie) {
    byte[] hash = Tokens.hash(cookie);
    tx.update("DELETE FROM wardline.session WHERE id_hash = ?", hash);
    tx.afterCommit(() -> ended.accept(key(hash)));
  }

  /** Removes sessions that are over; returns how many. */
  int purge() {
    Instant now = clock.instant();
    List<byte[]> gone =
        db.inTransaction(
            tx ->
                tx.query(
                    """
                    DELETE FROM wardline.session WHERE last_seen_at <= ? OR expires_at <= ?
                    RETURNING id_hash
                    """,
                    row -> row.bytes("id_hash"),
                    now.minus(idle),
                    now));
    gone.forEach(hash -> ended.accept(key(hash)));
    return gone.size();
  }

  /** How many sessions live. */
  long open() {
    Instant now = clock.instant();
    return db.inTransaction(
        tx ->
            tx.one(
                "SELECT count(*) AS n FROM wardline.session WHERE last_seen_at > ? AND expires_at > ?",
                row -> row.longValue("n"),
                now.minus(idle),
                now));
  }

  private static Instant min(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static String key(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }
}
