package org.wardline.gateway;

import java.util.concurrent.locks.LockSupport;

/**
 * Monotonic time, and waiting for it: the machine's own, or the one of a simulation, where waiting
 * is how one text's thread lets another's run.
 */
interface Ticks {
  long nanos();

  /** Returns at {@code nanos} or later; early only when the thread is interrupted. */
  void waitUntil(long nanos);

  static Ticks ofThisMachine() {
    return new Ticks() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void waitUntil(long nanos) {
        long wait;
        while ((wait = nanos - System.nanoTime()) > 0 && !Thread.currentThread().isInterrupted()) {
          LockSupport.parkNanos(this, wait);
        }
      }
    };
  }
}
