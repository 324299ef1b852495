package org.wardline.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What reading a stranger's octets may cost. Processor time of this thread, not time by the clock,
 * and the best of some tries: the first one loads classes, and machines have other things to do.
 */
public final class Limits {
  private static final Duration TIME = Duration.ofMillis(10);

  /** One PDU of 64 KB in some copies. */
  private static final long MIN_ALLOCATION_OCTETS = 4L << 20;

  private static final long ALLOCATION_OCTETS_PER_OCTET = 256;

  private static final int TRIES = 5;

  /** Jazzer's probes cost something themselves. */
  private static final int SLOWER_WHILE_FUZZING = System.getenv("JAZZER_FUZZ") == null ? 1 : 10;

  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private Limits() {}

  /**
   * Runs it, and again when that took long.
   *
   * @param octets how many were to be read
   * @throws AssertionError over 10 ms or too much memory in every try
   */
  public static void keep(int octets, Runnable reading) {
    long memory =
        SLOWER_WHILE_FUZZING
            * Math.max(MIN_ALLOCATION_OCTETS, octets * ALLOCATION_OCTETS_PER_OCTET);
    long nanos = SLOWER_WHILE_FUZZING * TIME.toNanos();
    long fastest = Long.MAX_VALUE;
    long leanest = Long.MAX_VALUE;
    for (int i = 0; i < TRIES && (fastest > nanos || leanest > memory); i++) {
      long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
      long before = THREADS.getCurrentThreadCpuTime();
      reading.run();
      fastest = Math.min(fastest, THREADS.getCurrentThreadCpuTime() - before);
      leanest = Math.min(leanest, THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore);
    }
    assertThat(Duration.ofNanos(fastest)).as("time").isLessThan(Duration.ofNanos(nanos));
    assertThat(leanest).as("octets allocated").isLessThan(memory);
  }
}
