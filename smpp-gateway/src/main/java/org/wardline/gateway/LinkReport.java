package org.wardline.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Supplier;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.jdbc.Tx;
import org.wardline.sms.Links.Want;

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

  /**
   * What changes all the time.
   *
   * @param taken segments the carrier has taken since the start
   */
  record Figures(boolean usable, int inFlight, long taken, Duration spacing, List<String> errors) {}

  private record Status(State state, String detail, Instant since, Want want) {}

  private record Sample(Instant at, long taken) {}

  private static final Duration REPEAT = Duration.ofSeconds(4);

  /** While texts flow, figures a second old are what an operator expects. */
  private static final Duration REPEAT_BUSY = Duration.ofSeconds(1);

  private static final Duration RATE_OVER = Duration.ofSeconds(10);

  /** After this silence the row of another gateway is stale and may be written over. */
  static final Duration STALE = Duration.ofSeconds(15);

  private static final double MILLIS = 1e3;
  private static final double NANOS_PER_MILLI = 1e6;

  private final LinkSettings link;
  private final boolean added;
  private final Db db;
  private final Supplier<Figures> figures;
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();
  private volatile Status status;
  private volatile boolean changed = true;
  private volatile boolean standby = true; // until the lock is ours
  private Instant written = Instant.MIN;
  private boolean usableWritten;

  /**
   * @param added while the gateway was running, not by its file
   */
  LinkReport(LinkSettings link, boolean added, Db db, Supplier<Figures> figures, Clock clock) {
    this.link = link;
    this.added = added;
    this.db = db;
    this.figures = figures;
    this.status =
        new Status(State.CONNECTING, "The gateway is starting.", clock.instant(), Want.RUN);
  }

  /** {@code detail} is read by people who do not know SMPP. */
  void set(State state, String detail, Instant now) {
    Status old = status;
    if (old.state() != state || !old.detail().equals(detail)) {
      status = new Status(state, detail, old.state() == state ? old.since() : now, old.want());
      changed = true;
    }
  }

  void want(Want want) {
    Status old = status;
    if (old.want() != want) {
      status = new Status(old.state(), old.detail(), old.since(), want);
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
    Figures current = figures.get();
    Duration repeat = current.inFlight() > 0 ? REPEAT_BUSY : REPEAT;
    // A clock that was ahead and is put right must not silence the reports until it is there again.
    boolean justWritten = now.isBefore(written.plus(repeat)) && !now.isBefore(written);
    // Other gateways route by it.
    boolean news = changed || current.usable() != usableWritten;
    if (!news && justWritten) {
      return 0;
    }
    changed = false;
    try {
      db.run(tx -> write(tx, status, current, perSecond(now, current.taken()), now));
      written = now;
      usableWritten = current.usable();
    } catch (DbException e) {
      changed = true;
      throw e;
    }
    return 0;
  }

  private double perSecond(Instant now, long taken) {
    if (!samples.isEmpty() && samples.getLast().at().isAfter(now)) {
      samples.clear();
    }
    samples.addLast(new Sample(now, taken));
    while (samples.size() > 2
        && samples.getFirst().at().isBefore(now.minus(RATE_OVER).minus(REPEAT))) {
      samples.removeFirst();
    }
    Sample first = samples.getFirst();
    long millis = Duration.between(first.at(), now).toMillis();
    return millis <= 0 ? 0 : (taken - first.taken()) * MILLIS / millis;
  }

  /** Says why a link that people added does not run. */
  static void refused(Db db, String link, String why, Instant now) {
    db.run(
        tx ->
            tx.update(
                """
                INSERT INTO sms.link (link, state, detail, since, seen_at, added)
                VALUES (?, 'stopped', ?, ?, ?, true)
                ON CONFLICT (link) DO UPDATE
                SET detail = excluded.detail, seen_at = excluded.seen_at
                WHERE sms.link.state = 'stopped'
                """,
                link,
                why,
                now,
                now));
  }

  private void write(Tx tx, Status now, Figures current, double perSecond, Instant at) {
    Routing routing = link.routing();
    tx.update(
        """
        INSERT INTO sms.link AS l
          (link, state, detail, since, seen_at, want, added, peer, usable, lines, prefixes,
           preference, cost, window_size, in_flight, per_second, spacing_ms, errors)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (link) DO UPDATE
        SET state = excluded.state, detail = excluded.detail, since = excluded.since,
            seen_at = excluded.seen_at, want = excluded.want, added = excluded.added,
            peer = excluded.peer, usable = excluded.usable, lines = excluded.lines,
            prefixes = excluded.prefixes, preference = excluded.preference, cost = excluded.cost,
            window_size = excluded.window_size, in_flight = excluded.in_flight,
            per_second = excluded.per_second, spacing_ms = excluded.spacing_ms,
            errors = excluded.errors
        WHERE NOT ? OR l.state = 'stopped' OR l.seen_at < ?
        """,
        link.name(),
        now.state().wireName(),
        now.detail(),
        now.since(),
        at,
        now.want().wireName(),
        added,
        link.bind().host() + ":" + link.bind().port(),
        current.usable(),
        routing.lines().stream().sorted().toArray(String[]::new),
        routing.prefixes().toArray(String[]::new),
        routing.preference(),
        routing.cost(),
        link.bind().windowSize(),
        current.inFlight(),
        perSecond,
        current.spacing().toNanos() / NANOS_PER_MILLI,
        current.errors().toArray(String[]::new),
        standby,
        at.minus(STALE));
  }
}
