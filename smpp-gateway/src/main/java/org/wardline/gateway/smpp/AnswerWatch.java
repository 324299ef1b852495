package org.wardline.gateway.smpp;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Notices a carrier that keeps the link alive and answers no submit any more: its SMPP front lives
 * and what is behind it has died. Without this every text would become "perhaps sent", one window
 * after the other.
 */
final class AnswerWatch {
  /** Submits in a row without an answer; fewer when the window is smaller. */
  static final int LIMIT = 3;

  private final int limit;
  private final long patience;
  private final LongSupplier nanos;
  private int unanswered;
  private long lastAnswer;

  /**
   * @param patience also for this long nothing may have been answered
   */
  AnswerWatch(int windowSize, Duration patience, LongSupplier nanos) {
    this.limit = Math.min(LIMIT, windowSize);
    this.patience = patience.toNanos();
    this.nanos = nanos;
    this.lastAnswer = nanos.getAsLong();
  }

  /** Any answer, also a refusal, also one that comes after its time-out. */
  synchronized void answered() {
    unanswered = 0;
    lastAnswer = nanos.getAsLong();
  }

  /**
   * @return true when the session is of no use any more
   */
  synchronized boolean timedOut() {
    unanswered++;
    return unanswered >= limit && nanos.getAsLong() - lastAnswer >= patience;
  }
}
