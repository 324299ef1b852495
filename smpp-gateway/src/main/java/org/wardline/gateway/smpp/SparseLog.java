package org.wardline.gateway.smpp;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A line of the log that a carrier could have written as often as it sends PDUs: the first comes at
 * once, then one a minute, which says how many were left out. Safe for many threads.
 */
public final class SparseLog {
  static final Duration PERIOD = Duration.ofMinutes(1);

  private final Consumer<String> sink;
  private final LongSupplier nanos;
  private boolean written;
  private long writtenNanos;
  private long leftOut;

  /**
   * @param sink where a line goes, such as {@code log::warn}
   * @param nanos monotonic time
   */
  public SparseLog(Consumer<String> sink, LongSupplier nanos) {
    this.sink = sink;
    this.nanos = nanos;
  }

  /**
   * Writes the line, or only counts it.
   *
   * @param words whole, without placeholders
   */
  public synchronized void say(String words) {
    long now = nanos.getAsLong();
    if (written && now - writtenNanos < PERIOD.toNanos()) {
      leftOut++;
      return;
    }
    sink.accept(
        leftOut == 0 ? words : words + " (" + leftOut + " more lines like this were left out)");
    written = true;
    writtenNanos = now;
    leftOut = 0;
  }
}
