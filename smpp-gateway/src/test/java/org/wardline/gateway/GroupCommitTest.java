package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final AtomicBoolean databaseAway = new AtomicBoolean();
  private final List<String> durable = new CopyOnWriteArrayList<>();

  private void commit(List<String> batch) {
    if (databaseAway.get()) {
      throw new IllegalStateException("away");
    }
    durable.addAll(batch);
  }

  private static void await(BooleanSupplier reached) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!reached.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within ten seconds").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void it_stops_failing_when_everything_that_failed_was_dropped() {
    AtomicBoolean dropped = new AtomicBoolean();
    try (GroupCommit<String> group =
        new GroupCommit<>(
            "test",
            this::commit,
            entry -> {
              dropped.set(true);
              return false;
            })) {
      databaseAway.set(true);
      group.add("receipt");
      await(dropped::get);
      await(() -> !group.isFailing());
      databaseAway.set(false);
      group.add("next");
      await(() -> durable.contains("next"));
      assertThat(durable).containsExactly("next");
    }
  }

  /** From before the first entry to the beginning of the last commit, of batches of this size. */
  private long nanosToTheLast(int batchSize, int commits) {
    AtomicLong lastBegan = new AtomicLong();
    long start = System.nanoTime();
    try (GroupCommit<String> group =
        new GroupCommit<>(
            "test",
            batch -> {
              lastBegan.set(System.nanoTime());
              durable.addAll(batch);
            },
            entry -> true)) {
      for (int i = 1; i <= commits; i++) {
        for (int entry = 0; entry < batchSize; entry++) {
          group.add("entry " + i + "/" + entry);
        }
        int all = i * batchSize;
        await(() -> durable.size() == all);
      }
    }
    return lastBegan.get() - start;
  }

  @Test
  void after_a_large_batch_the_next_one_is_collected_for_a_while() {
    // A batch may be cut in two while its entries still come; then the second part waits too.
    assertThat(nanosToTheLast(400, 4)).isGreaterThanOrEqualTo(3 * 10_000_000L);
  }

  @Test
  void what_is_kept_is_written_in_its_order_once_the_database_is_back() {
    try (GroupCommit<String> group = new GroupCommit<>("test", this::commit, entry -> true)) {
      databaseAway.set(true);
      group.add("one");
      await(group::isFailing);
      group.add("two");
      databaseAway.set(false);
      await(() -> durable.size() == 2);
      assertThat(durable).containsExactly("one", "two");
      await(() -> !group.isFailing());
    }
  }
}
