package org.wardline.gateway;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits between attempts to connect: none before the first, then a random part ("full jitter") of a
 * limit that doubles up to {@link #CAP}, so that many gateways do not return in step.
 */
final class Backoff {
  static final Duration CAP = Duration.ofSeconds(30);
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final int MAX_DOUBLINGS = 6;

  private final RandomGenerator random;
  private int attempt;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  Duration next() {
    if (attempt == 0) {
      attempt = 1;
      return Duration.ZERO;
    }
    long limit = Math.min(CAP.toMillis(), FIRST.toMillis() << Math.min(attempt - 1, MAX_DOUBLINGS));
    attempt++;
    return Duration.ofMillis(random.nextLong(limit + 1));
  }

  /** The last connection was short but moved texts: never wait long, and never hammer either. */
  void progress() {
    attempt = Math.min(attempt, 1);
  }

  /** The last connection was good: start over. */
  void reset() {
    attempt = 0;
  }
}
