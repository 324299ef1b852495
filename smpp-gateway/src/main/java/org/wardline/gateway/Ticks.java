package org.wardline.gateway;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Monotonic time, and waiting for it: the machine's own, or the one of a simulation, where waiting
 * is how one text's thread lets another's run.
 */
interface Ticks {
  long nanos();

  /** Returns at {@code nanos} or later; early only when the thread is interrupted or at a stop. */
  void waitUntil(long nanos);

  /**
   * Whoever waits returns now, and nobody waits any more: a text that waits for its turn at a stop
   * must not be taken for one whose answer is lost.
   */
  void stop();

  static Ticks ofThisMachine() {
    CountDownLatch stopped = new CountDownLatch(1);
    return new Ticks() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void waitUntil(long nanos) {
        try {
          var _ = stopped.await(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }

      @Override
      public void stop() {
        stopped.countDown();
      }
    };
  }
}
