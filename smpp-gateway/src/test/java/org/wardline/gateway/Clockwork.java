package org.wardline.gateway;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Time that passes only by waiting for it, or when a test says so. */
final class Clockwork implements Ticks {
  private long now;

  Clockwork(long start) {
    this.now = start;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public void waitUntil(long nanos) {
    if (nanos - now > 0) {
      now = nanos;
    }
  }

  @Override
  public void await(CompletionStage<?> what, long until) {
    waitUntil(until);
  }

  @Override
  public void stop() {
    // Nobody waits here.
  }

  void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }
}
