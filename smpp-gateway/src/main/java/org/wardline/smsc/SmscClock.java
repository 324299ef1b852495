package org.wardline.smsc;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One thread for everything that happens later. What is due after the end never happens. */
final class SmscClock implements AutoCloseable {
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("smsc-clock").factory());

  /**
   * @param task must not block
   */
  void after(Duration delay, Runnable task) {
    try {
      var _ = executor.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The simulator is closing.
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
