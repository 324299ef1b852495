package org.wardline.server.conversations;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.wardline.jdbc.Db;
import org.wardline.server.web.Problem;
import org.wardline.sms.SmsQueue;

/**
 * Refuses texts of programs while too many wait for the carrier: a sender that hears "later" can
 * act, one whose texts expire in a queue cannot. Staff get a tenth more, so that a runaway program
 * does not silence them.
 */
final class Backpressure {
  private static final Duration KEPT = Duration.ofSeconds(1);

  /** A queue that long does not empty in less. */
  private static final int RETRY_AFTER_SECONDS = 30;

  private static final int STAFF_SHARE = 10;

  private final Db db;
  private final SmsQueue queue;
  private final int maxWaitingTexts;
  private final ReentrantLock counting = new ReentrantLock();
  private volatile long waiting;
  private volatile long countedNanos = System.nanoTime() - KEPT.toNanos();

  Backpressure(Db db, SmsQueue queue, int maxWaitingTexts) {
    this.db = db;
    this.queue = queue;
    this.maxWaitingTexts = maxWaitingTexts;
  }

  /**
   * @param byStaff a person writes in a thread
   * @throws Problem {@code unavailable} with Retry-After
   */
  void check(boolean byStaff) {
    count();
    int most = byStaff ? withStaffShare() : maxWaitingTexts;
    if (waiting >= most) {
      throw Problem.unavailable(
          "More than "
              + maxWaitingTexts
              + " texts wait for the carrier. Nothing was queued; look at the link on the health"
              + " page, and send it again later.",
          RETRY_AFTER_SECONDS);
    }
  }

  private int withStaffShare() {
    return maxWaitingTexts + maxWaitingTexts / STAFF_SHARE + 1;
  }

  /** One counts, the others go by the last count. */
  private void count() {
    if (System.nanoTime() - countedNanos < KEPT.toNanos() || !counting.tryLock()) {
      return;
    }
    try {
      waiting = db.inTransaction(tx -> queue.waiting(tx, withStaffShare()));
      countedNanos = System.nanoTime();
    } finally {
      counting.unlock();
    }
  }
}
