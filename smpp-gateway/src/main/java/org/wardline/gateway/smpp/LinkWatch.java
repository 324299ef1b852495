package org.wardline.gateway.smpp;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Notices that a peer is gone although TCP says nothing, and sends enquire_link (SMPP 3.4 §4.11)
 * when it has been silent. Every whole PDU counts as life, whatever it is: a peer that answers
 * submits and ignores enquire_link is left alone, one that sends single octets is not. A dead link
 * is noticed within the enquire-link interval and the response time-out.
 *
 * <p>Stands in for jSMPP's sender, which waits for the answer to its own enquire_link only, and
 * hangs with everybody else in a write that the peer does not take.
 */
final class LinkWatch {
  private static final Duration SHORTEST_LOOK = Duration.ofMillis(10);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);
  private static final int LOOKS_PER_LIMIT = 10;

  private final long interval;
  private final long response;
  private final Supplier<Duration> writeStuckFor;
  private final Runnable enquire;
  private final Consumer<String> end;
  private final LongSupplier nanos;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile long heard;

  /** Only the watching thread uses these two. */
  private boolean asked;

  private long askedAt;

  /**
   * @param enquire sends enquire_link; may block, so it runs on a thread of its own
   * @param end called once, with the reason in words
   */
  LinkWatch(
      SmppBind.Timeouts timeouts,
      Supplier<Duration> writeStuckFor,
      Runnable enquire,
      Consumer<String> end,
      LongSupplier nanos) {
    this.interval = timeouts.enquireLink().toNanos();
    this.response = timeouts.response().toNanos();
    this.writeStuckFor = writeStuckFor;
    this.enquire = enquire;
    this.end = end;
    this.nanos = nanos;
    this.heard = nanos.getAsLong();
  }

  void heard() {
    heard = nanos.getAsLong();
  }

  /** From the bind on; before it the bind's own time-out counts. */
  void start() {
    heard();
    Thread.ofVirtual().name("smpp-watch").start(this::watch);
  }

  void stop() {
    stopped.countDown();
  }

  private void watch() {
    long pause =
        Math.clamp(
            Math.min(interval, response) / LOOKS_PER_LIMIT,
            SHORTEST_LOOK.toNanos(),
            LONGEST_LOOK.toNanos());
    try {
      while (!stopped.await(pause, TimeUnit.NANOSECONDS)) {
        if (!look()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One look; false when it has ended the link. */
  boolean look() {
    long now = nanos.getAsLong();
    if (writeStuckFor.get().toNanos() >= response) {
      end.accept("the SMSC takes nothing off the connection");
      return false;
    }
    if (asked && heard - askedAt > 0) {
      asked = false;
    }
    if (asked) {
      if (now - askedAt >= response) {
        end.accept("the SMSC stopped answering");
        return false;
      }
    } else if (now - heard >= interval) {
      asked = true;
      askedAt = now;
      Thread.ofVirtual().name("smpp-enquire-link").start(enquire);
    }
    return true;
  }
}
