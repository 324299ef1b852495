package org.wardline.gateway;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives every segment its turn. The spacing between two is never below what the contract's rate
 * allows, and grows when the carrier says "throttled" or "queue full" (SMPP 3.4 §5.1.3:
 * ESME_RTHROTTLED, ESME_RMSGQFUL): each complaint doubles it, each accepted segment takes a little
 * away, so the link settles just under what the carrier bears.
 */
final class Throttle {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration FIRST_SPACING = Duration.ofMillis(2);

  /** Complaints do not slow a link down below one segment in this time. */
  private static final Duration MAX_SPACING = Duration.ofSeconds(1);

  /** Below this the spacing no longer matters and is dropped. */
  private static final Duration MIN_SPACING = Duration.ofNanos(100_000);

  private static final int ACCEPTED_TO_RECOVER = 64;

  /** Numbers whose turn is over are forgotten when there are this many. */
  private static final int MAX_NUMBERS = 10_000;

  private final Pace pace;
  private final Ticks ticks;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Long> nextByNumber = new HashMap<>();
  private volatile boolean active;
  private long complaintNanos;
  private long nextSlotNanos;
  private long deafUntilNanos;

  Throttle(Pace pace, Ticks ticks) {
    this.pace = pace;
    this.ticks = ticks;
    this.active = pace.spacingNanos() > 0;
    this.nextSlotNanos = ticks.nanos();
  }

  /** Waits for this segment's turn; returns at once without a limit and without a complaint. */
  void await() {
    if (!active) {
      return;
    }
    long slot;
    lock.lock();
    try {
      slot = later(ticks.nanos(), nextSlotNanos);
      nextSlotNanos = slot + spacingNanos();
    } finally {
      lock.unlock();
    }
    ticks.waitUntil(slot);
  }

  /** Waits until a text to this number may begin. Texts to one number come one after the other. */
  void awaitTurnOf(long recipient) {
    long spacing = pace.spacingNanosToOneNumber();
    if (spacing == 0) {
      return;
    }
    long slot;
    lock.lock();
    try {
      long now = ticks.nanos();
      if (nextByNumber.size() >= MAX_NUMBERS) {
        nextByNumber.values().removeIf(next -> next - now <= 0);
      }
      Long next = nextByNumber.get(recipient);
      slot = next == null ? now : later(now, next);
      nextByNumber.put(recipient, slot + spacing);
    } finally {
      lock.unlock();
    }
    ticks.waitUntil(slot);
  }

  /** The carrier complained. Complaints about submits sent before the slow-down count once. */
  void refused() {
    lock.lock();
    try {
      long now = ticks.nanos();
      if (complaintNanos > 0 && now - deafUntilNanos < 0) {
        return;
      }
      long doubled =
          Math.max(Math.max(complaintNanos, pace.spacingNanos()) * 2, FIRST_SPACING.toNanos());
      complaintNanos = Math.min(doubled, Math.max(MAX_SPACING.toNanos(), pace.spacingNanos()));
      nextSlotNanos = later(nextSlotNanos, now + FIRST_PAUSE.toNanos());
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
      complaintNanos -= Math.max(1, complaintNanos / ACCEPTED_TO_RECOVER);
      if (complaintNanos < Math.max(MIN_SPACING.toNanos(), pace.spacingNanos())) {
        complaintNanos = 0;
        active = pace.spacingNanos() > 0;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The pause between two segments now. */
  Duration spacing() {
    lock.lock();
    try {
      return Duration.ofNanos(spacingNanos());
    } finally {
      lock.unlock();
    }
  }

  private long spacingNanos() {
    return Math.max(complaintNanos, pace.spacingNanos());
  }

  /** Of two readings of a clock that may start anywhere. */
  private static long later(long one, long other) {
    return one - other > 0 ? one : other;
  }
}
