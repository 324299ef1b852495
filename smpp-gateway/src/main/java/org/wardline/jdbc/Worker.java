package org.wardline.jdbc;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A background loop over a queue in the database: does a batch, and when a batch came back empty
 * waits for {@link #wake()} or the slow poll. A failing batch is logged without data, once a minute
 * for as long as it goes on failing, and tried again after a pause; it never ends the loop. Tests
 * drive the batch itself ({@code runOnce()}) instead of this class.
 */
public final class Worker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);
  private static final Duration LOG_AGAIN = Duration.ofMinutes(1);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(10);

  private final String name;
  private final IntSupplier batch;
  private final Duration poll;
  private final Duration apart;
  private final Duration logAgain;
  private final Semaphore woken = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param batch does one batch and returns how many rows it handled; 0 means nothing is waiting
   * @param poll the longest wait between two looks when no wake-up comes
   */
  public Worker(String name, Duration poll, IntSupplier batch) {
    this(name, poll, Duration.ZERO, LOG_AGAIN, batch);
  }

  /**
   * @param apart how long after one batch began the next one begins at the earliest: a transaction
   *     costs much the same however many rows it holds, so under load they are worth collecting;
   *     the first after a rest never waits
   */
  public Worker(String name, Duration poll, Duration apart, IntSupplier batch) {
    this(name, poll, apart, LOG_AGAIN, batch);
  }

  Worker(String name, Duration poll, Duration apart, Duration logAgain, IntSupplier batch) {
    this.name = name;
    this.batch = batch;
    this.poll = poll;
    this.apart = apart;
    this.logAgain = logAgain;
    this.thread = Thread.ofPlatform().name(name).daemon(true).start(this::loop);
  }

  /** Something may be waiting; safe from any thread and cheap. */
  public void wake() {
    if (woken.availablePermits() == 0) {
      woken.release();
    }
  }

  private void loop() {
    int failures = 0;
    long loggedAt = 0;
    while (!closed) {
      try {
        woken.drainPermits();
        long began = System.nanoTime();
        if (batch.getAsInt() == 0) {
          await(poll);
        }
        Rest.until(began + apart.toNanos(), () -> closed);
        failures = 0;
      } catch (RuntimeException e) {
        if (closed) {
          return;
        }
        failures++;
        if (failures == 1 || System.nanoTime() - loggedAt > logAgain.toNanos()) {
          log.warn(
              "{}: a batch failed ({} times in a row) and will be tried again: {}",
              name,
              failures,
              e.getMessage());
          log.debug("{}", name, e);
          loggedAt = System.nanoTime();
        }
        await(PAUSE_AFTER_FAILURE);
      }
    }
  }

  private void await(Duration howLong) {
    try {
      woken.tryAcquire(howLong.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  /** Lets the running batch end, then stops. */
  @Override
  public void close() {
    closed = true;
    woken.release();
    try {
      if (!thread.join(STOP_DEADLINE)) {
        log.warn("{} did not stop within {} s", name, STOP_DEADLINE.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
