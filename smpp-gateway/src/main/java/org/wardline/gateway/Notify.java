package org.wardline.gateway;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;

/**
 * Wakes the server: tells a channel that rows wait. A lost wake-up costs the listener one slow
 * poll, so it is never an error. Many within a short time are told as one.
 */
final class Notify {
  private static final Duration APART = Duration.ofMillis(20);

  /**
   * Nothing of a notification is on disk, but its transaction would wait for the disk all the same,
   * and hold a lock meanwhile that every other one needs.
   */
  private static final String SQL =
      "SELECT set_config('synchronous_commit', 'off', true), pg_notify(?, '')";

  private final Db db;
  private final String channel;
  private final boolean byHand;
  private final AtomicBoolean coming = new AtomicBoolean();
  private volatile long earliest = System.nanoTime();

  /**
   * @param byHand on the caller's thread and every time: a simulation has no other
   */
  Notify(Db db, String channel, boolean byHand) {
    this.db = db;
    this.channel = channel;
    this.byHand = byHand;
  }

  /** Wakes the channel's listener, now or within {@link #APART}. */
  void ring() {
    if (byHand) {
      quietly(db, channel);
    } else if (coming.compareAndSet(false, true)) {
      Thread.ofVirtual().name("notify").start(this::ringSoon);
    }
  }

  private void ringSoon() {
    try {
      long wait = earliest - System.nanoTime();
      if (wait > 0) {
        Thread.sleep(Duration.ofNanos(wait));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    earliest = System.nanoTime() + APART.toNanos();
    // Before it is told: what is committed from now on may come too late for it.
    coming.set(false);
    quietly(db, channel);
  }

  static void quietly(Db db, String channel) {
    try {
      db.run(tx -> tx.query(SQL, row -> "", channel));
    } catch (DbException e) {
      // What was committed before stays; the listener polls.
    }
  }
}
