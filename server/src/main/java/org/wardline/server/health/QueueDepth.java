package org.wardline.server.health;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Db;
import org.wardline.metrics.Metrics;
import org.wardline.sms.SmsQueue;

/** How many texts wait, counted at most once a second however often somebody asks. */
final class QueueDepth implements Supplier<SmsQueue.Depth> {
  private static final Duration KEPT = Duration.ofSeconds(1);

  private record Known(SmsQueue.Depth depth, Instant at) {}

  private final Db db;
  private final SmsQueue queue;
  private final InstantSource clock;
  private @Nullable Known known;

  QueueDepth(Db db, SmsQueue queue, InstantSource clock, Metrics metrics) {
    this.db = db;
    this.queue = queue;
    this.clock = clock;
    metrics.gauge(
        "wardline_queue_waiting_texts", "Texts that wait for the gateway.", () -> get().waiting());
    metrics.gauge(
        "wardline_queue_oldest_seconds",
        "How long the oldest of them has waited.",
        () -> get().oldestSeconds());
  }

  @Override
  public synchronized SmsQueue.Depth get() {
    Instant now = clock.instant();
    Known held = known;
    if (held != null && held.at().isAfter(now.minus(KEPT))) {
      return held.depth();
    }
    SmsQueue.Depth depth = db.inTransaction(queue::depth);
    known = new Known(depth, now);
    return depth;
  }
}
