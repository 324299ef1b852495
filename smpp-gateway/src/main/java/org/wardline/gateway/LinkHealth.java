package org.wardline.gateway;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether routing may count on a link. One that is lost briefly keeps its texts, so that a short
 * break moves nothing; one that comes back must hold for a while before texts return to it. One
 * that this process has just taken up is given the time of one whole try to bind, however short its
 * {@code failover-after}: else a carrier that answers slowly would lose its texts at every start.
 */
final class LinkHealth {
  /**
   * How long the first try may take at most. Connecting, TLS and two binds take half of it under
   * the usual time-outs; a device that is slower than this is not waited for.
   */
  static final Duration FIRST_TRY_MAX = Duration.ofSeconds(60);

  private final Duration failoverAfter;
  private final Duration returnAfter;
  private final Ticks ticks;

  /** Since when it is bound, or null. */
  private @Nullable Long boundNanos;

  private long lostNanos;

  /** No try to bind has ended yet since this process has the link. */
  private boolean firstTry = true;

  /** Whether others have had its texts since it was last counted on. */
  private boolean failedOver;

  LinkHealth(Duration failoverAfter, Duration returnAfter, Ticks ticks) {
    this.failoverAfter = failoverAfter;
    this.returnAfter = returnAfter;
    this.ticks = ticks;
    this.lostNanos = ticks.nanos();
  }

  /** This process has the link from now on: after a start, or because another one gave it up. */
  synchronized void begin() {
    lostNanos = ticks.nanos();
    firstTry = true;
    failedOver = false;
  }

  synchronized void bound() {
    usable();
    boundNanos = ticks.nanos();
    firstTry = false;
  }

  /** A try to bind has failed. */
  synchronized void failed() {
    firstTry = false;
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
      failedOver |= now - lostNanos >= patience().toNanos();
    } else {
      failedOver &= now - since < returnAfter.toNanos();
    }
    return !failedOver;
  }

  private Duration patience() {
    return firstTry && failoverAfter.compareTo(FIRST_TRY_MAX) < 0 ? FIRST_TRY_MAX : failoverAfter;
  }
}
