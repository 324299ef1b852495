package org.wardline.appliance;

import java.time.Duration;

/** Waits for something that another process does. */
final class Until {
  private static final Duration LOOK = Duration.ofMillis(50);

  interface Condition {
    boolean holds() throws Exception;
  }

  private Until() {}

  static void holds(String what, Duration limit, Condition condition) throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
      }
      Thread.sleep(LOOK);
    }
  }
}
