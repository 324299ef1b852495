package org.wardline.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.jdbc.Rest;

/**
 * One writer: whatever arrives while a commit runs becomes the next batch. So a lone entry waits
 * for one commit only, and under load thousands of entries share one.
 *
 * <p>A commit costs much the same however many entries it holds, so when many come at once they are
 * collected a little longer: the more the last batch had, the later the next one begins. A peer
 * that waits for each answer before it sends the next is never kept waiting.
 */
final class GroupCommit<E> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);
  private static final int MAX_BATCH = 1_000;
  private static final Duration APART_PER_ENTRY = Duration.ofNanos(250_000);
  private static final Duration MAX_APART = Duration.ofMillis(10);
  private static final Duration IDLE_LOOK = Duration.ofMillis(200);
  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LAST_RETRY = Duration.ofSeconds(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final String name;
  private final Consumer<List<E>> commit;
  private final Predicate<E> keepAfterFailure;
  private final LinkedBlockingQueue<E> waiting = new LinkedBlockingQueue<>();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final List<E> batch = new ArrayList<>();

  /** How many entries the last commit had. */
  private int committed;

  /** Null when it is driven by hand. */
  private final @Nullable Thread thread;

  private volatile boolean closed;
  private volatile boolean abandoned;
  private volatile boolean failing;

  /**
   * @param commit makes a batch durable, or throws and has changed nothing
   * @param keepAfterFailure told of every entry of a batch that failed; true keeps it for the next
   *     try, false drops it
   */
  GroupCommit(String name, Consumer<List<E>> commit, Predicate<E> keepAfterFailure) {
    this(name, commit, keepAfterFailure, false);
  }

  /**
   * @param byHand no thread of its own: a simulation calls {@link #runOnce}
   */
  GroupCommit(
      String name, Consumer<List<E>> commit, Predicate<E> keepAfterFailure, boolean byHand) {
    this.name = name;
    this.commit = commit;
    this.keepAfterFailure = keepAfterFailure;
    this.thread = byHand ? null : Thread.ofPlatform().name(name).daemon(true).start(this::loop);
  }

  void add(E entry) {
    unfinished.incrementAndGet();
    waiting.add(entry);
  }

  /** True while the last commit has failed and none has succeeded since. */
  boolean isFailing() {
    return failing;
  }

  private void loop() {
    Duration retry = FIRST_RETRY;
    long earliest = System.nanoTime();
    while (!abandoned && !isOver()) {
      awaitFirst();
      if (!batch.isEmpty()) {
        Rest.until(earliest, () -> abandoned);
      }
      if (abandoned) {
        return;
      }
      long began = System.nanoTime();
      if (runOnce()) {
        retry = FIRST_RETRY;
        earliest = began + Math.min(MAX_APART.toNanos(), APART_PER_ENTRY.toNanos() * committed);
      } else {
        pause(retry);
        retry =
            retry.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retry.multipliedBy(2);
      }
    }
  }

  private boolean isOver() {
    return closed && unfinished.get() == 0;
  }

  /** Commits what waits, one batch at most; false when the database did not take it. */
  boolean runOnce() {
    if (abandoned) {
      return true;
    }
    waiting.drainTo(batch, MAX_BATCH - batch.size());
    if (batch.isEmpty()) {
      // What failed was dropped, and nothing waits: were this still "failing", nobody would send,
      // so nothing would ever come to prove that the database is back.
      failing = false;
      return true;
    }
    try {
      commit.accept(batch);
      committed = batch.size();
      unfinished.addAndGet(-batch.size());
      batch.clear();
      if (failing) {
        log.info("{}: the database takes results again", name);
      }
      failing = false;
      return true;
    } catch (RuntimeException e) {
      if (abandoned) {
        return true;
      }
      if (!failing) {
        log.warn("{}: a commit failed and is tried again: {}", name, e.getMessage());
        log.debug("{}", name, e);
      }
      failing = true;
      int before = batch.size();
      batch.removeIf(entry -> !keepAfterFailure.test(entry));
      unfinished.addAndGet(batch.size() - before);
      return false;
    }
  }

  private void awaitFirst() {
    if (batch.isEmpty()) {
      try {
        E first = waiting.poll(IDLE_LOOK.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
        }
      } catch (InterruptedException e) {
        abandoned = true;
      }
    }
  }

  private void pause(Duration howLong) {
    try {
      Thread.sleep(howLong);
    } catch (InterruptedException e) {
      abandoned = true;
    }
  }

  /** Commits what is there, for a few seconds at most, then stops. */
  @Override
  public void close() {
    closed = true;
    Thread writer = thread;
    if (writer == null) {
      while (!isOver() && runOnce()) {
        // Until everything is written or the database refuses.
      }
      return;
    }
    try {
      if (!writer.join(CLOSE_LIMIT)) {
        log.warn("{}: {} results could not be written before the stop", name, unfinished.get());
        abandon();
      }
    } catch (InterruptedException e) {
      abandon();
      Thread.currentThread().interrupt();
    }
  }

  /** Stops without writing, as a crash would. */
  void abandon() {
    abandoned = true;
    Thread writer = thread;
    if (writer != null) {
      writer.interrupt();
    }
  }
}
