package org.wardline.gateway;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether routing may count on a link. One that is lost briefly keeps its texts, so that a short
 * break moves nothing; one that comes back must hold for a while before texts return to it.
 */
final class LinkHealth {
  private final Duration failoverAfter;
  private final Duration returnAfter;
  private final Ticks ticks;

  /** Since when it is bound, or null. */
  private @Nullable Long boundNanos;

  private long lostNanos;

  /** Whether others have had its texts since it was last counted on. */
  private boolean failedOver;

  LinkHealth(Duration failoverAfter, Duration returnAfter, Ticks ticks) {
    this.failoverAfter = failoverAfter;
    this.returnAfter = returnAfter;
    this.ticks = ticks;
    this.lostNanos = ticks.nanos();
  }

  synchronized void bound() {
    usable();
    boundNanos = ticks.nanos();
  }

  synchronized void lost() {
    if (boundNanos != null) {
      usable();
      boundNanos = null;
      lostNanos = ticks.nanos();
    }
  }

  synchronized boolean usable() {
    Long since = boundNanos;
    long now = ticks.nanos();
    if (since == null) {
      failedOver |= now - lostNanos >= failoverAfter.toNanos();
    } else {
      failedOver &= now - since < returnAfter.toNanos();
    }
    return !failedOver;
  }
}
