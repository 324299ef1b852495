package org.wardline.gateway;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Slows the whole link down when the carrier says "throttled" or "queue full" (SMPP 3.4 §5.1.3:
 * ESME_RTHROTTLED, ESME_RMSGQFUL). Each complaint doubles the spacing between two submits, each
 * accepted text takes a little of it away, so the link settles just under what the carrier bears.
 */
final class Throttle {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration FIRST_SPACING = Duration.ofMillis(2);
  private static final Duration MAX_SPACING = Duration.ofSeconds(1);

  /** Below this the spacing no longer matters and is dropped. */
  private static final Duration MIN_SPACING = Duration.ofNanos(100_000);

  private static final int ACCEPTED_TO_RECOVER = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean active;
  private long spacingNanos;
  private long nextSlotNanos;
  private long deafUntilNanos;

  /** Waits for this submit's turn; returns at once while the carrier has no complaint. */
  void await() {
    if (!active) {
      return;
    }
    long slot;
    lock.lock();
    try {
      slot = Math.max(System.nanoTime(), nextSlotNanos);
      nextSlotNanos = slot + spacingNanos;
    } finally {
      lock.unlock();
    }
    long wait;
    while ((wait = slot - System.nanoTime()) > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(this, wait);
    }
  }

  /** The carrier complained. Complaints about submits sent before the slow-down count once. */
  void refused() {
    lock.lock();
    try {
      long now = System.nanoTime();
      if (active && now < deafUntilNanos) {
        return;
      }
      spacingNanos =
          Math.min(Math.max(spacingNanos * 2, FIRST_SPACING.toNanos()), MAX_SPACING.toNanos());
      nextSlotNanos = Math.max(nextSlotNanos, now + FIRST_PAUSE.toNanos());
      deafUntilNanos = nextSlotNanos;
      active = true;
    } finally {
      lock.unlock();
    }
  }

  void accepted() {
    if (!active) {
      return;
    }
    lock.lock();
    try {
      spacingNanos -= Math.max(1, spacingNanos / ACCEPTED_TO_RECOVER);
      if (spacingNanos < MIN_SPACING.toNanos()) {
        spacingNanos = 0;
        active = false;
      }
    } finally {
      lock.unlock();
    }
  }

  Duration spacing() {
    lock.lock();
    try {
      return Duration.ofNanos(spacingNanos);
    } finally {
      lock.unlock();
    }
  }
}
