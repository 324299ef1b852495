package org.wardline.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;

/**
 * How the link is doing, in {@code sms.link}: at every change and at least every five seconds, so
 * that an old row means that no gateway is running.
 */
final class LinkReport {
  /** As in {@code sms.link.state}. */
  enum State {
    CONNECTING,
    BOUND,
    WAITING,
    STOPPED;

    String wireName() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private record Status(State state, String detail, Instant since) {}

  private static final Duration REPEAT = Duration.ofSeconds(4);

  /** After this silence the row of another gateway is stale and may be written over. */
  private static final Duration STALE = Duration.ofSeconds(15);

  private final String link;
  private final Db db;
  private final Clock clock;
  private volatile Status status;
  private volatile boolean changed = true;
  private volatile boolean standby = true; // until the lock is ours
  private Instant written = Instant.MIN;

  LinkReport(String link, Db db, Clock clock) {
    this.link = link;
    this.db = db;
    this.clock = clock;
    this.status = new Status(State.CONNECTING, "The gateway is starting.", clock.instant());
  }

  /** {@code detail} is read by people who do not know SMPP. */
  void set(State state, String detail) {
    Status now = status;
    if (now.state() != state || !now.detail().equals(detail)) {
      status = new Status(state, detail, now.state() == state ? now.since() : clock.instant());
      changed = true;
    }
  }

  State state() {
    return status.state();
  }

  String detail() {
    return status.detail();
  }

  /** While another gateway runs the link, its own reports stand; ours only replace stale ones. */
  void standby(boolean now) {
    standby = now;
  }

  /** Writes when it is time; called often, from one thread at a time. */
  synchronized int runOnce(Instant now) {
    if (!changed && now.isBefore(written.plus(REPEAT))) {
      return 0;
    }
    changed = false;
    Status current = status;
    try {
      db.run(
          tx ->
              tx.update(
                  """
                  INSERT INTO sms.link AS l (link, state, detail, since, seen_at)
                  VALUES (?, ?, ?, ?, ?)
                  ON CONFLICT (link) DO UPDATE
                  SET state = excluded.state, detail = excluded.detail, since = excluded.since,
                      seen_at = excluded.seen_at
                  WHERE NOT ? OR l.state = 'stopped' OR l.seen_at < ?
                  """,
                  link,
                  current.state().wireName(),
                  current.detail(),
                  current.since(),
                  now,
                  standby,
                  now.minus(STALE)));
      written = now;
    } catch (DbException e) {
      changed = true;
      throw e;
    }
    return 0;
  }
}
