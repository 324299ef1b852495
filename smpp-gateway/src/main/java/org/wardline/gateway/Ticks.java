package org.wardline.gateway;

import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Monotonic time, and waiting for it: the machine's own, or the one of a simulation, where waiting
 * is how one text's thread lets another's run.
 */
interface Ticks {
  long nanos();

  /** Returns at {@code nanos} or later; early only when the thread is interrupted or at a stop. */
  void waitUntil(long nanos);

  /** As {@link #waitUntil}, and returns as soon as this is complete. */
  void await(CompletionStage<?> what, long nanos);

  /**
   * Whoever waits returns now, and nobody waits any more: a text that waits for its turn at a stop
   * must not be taken for one whose answer is lost.
   */
  void stop();

  static Ticks ofThisMachine() {
    Set<CountDownLatch> waiting = ConcurrentHashMap.newKeySet();
    AtomicBoolean stopped = new AtomicBoolean();
    return new Ticks() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void waitUntil(long nanos) {
        waitFor(new CountDownLatch(1), nanos);
      }

      @Override
      public void await(CompletionStage<?> what, long nanos) {
        CountDownLatch over = new CountDownLatch(1);
        var _ = what.whenComplete((result, failure) -> over.countDown());
        waitFor(over, nanos);
      }

      private void waitFor(CountDownLatch over, long nanos) {
        waiting.add(over);
        try {
          // After it can be seen: a stop in between finds it.
          if (!stopped.get()) {
            var _ = over.await(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } finally {
          waiting.remove(over);
        }
      }

      @Override
      public void stop() {
        stopped.set(true);
        waiting.forEach(CountDownLatch::countDown);
      }
    };
  }
}
