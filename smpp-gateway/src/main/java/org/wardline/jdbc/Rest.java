package org.wardline.jdbc;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** How a busy writer keeps its transactions apart. */
public final class Rest {
  private Rest() {}

  /**
   * Waits for a moment of {@link System#nanoTime()}; not at all when it is past.
   *
   * @param over whoever sets it need not wake the thread for a rest of milliseconds
   */
  public static void until(long nanos, BooleanSupplier over) {
    // A park may end early for no reason.
    for (long left = nanos - System.nanoTime();
        left > 0 && !over.getAsBoolean();
        left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
