package org.wardline.gateway;

import java.time.Duration;

/** The figures of one link. */
final class LinkMetrics {
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e3;

  private final GatewayMetrics all;
  private final String link;

  LinkMetrics(GatewayMetrics all, String link) {
    this.all = all;
    this.link = link;
  }

  void submitted(String result) {
    all.submitted.add(1, link, result);
  }

  void submitted(String result, Duration took) {
    all.submitted.add(1, link, result);
    all.latency.observe(took.toNanos() / NANOS, link);
  }

  void inFlight(int count) {
    all.inFlight.set(count, link);
  }

  void bound(boolean now) {
    all.bound.set(now ? 1 : 0, link);
  }

  void spacing(Duration now) {
    all.spacing.set(now.toNanos() / NANOS, link);
  }

  void receipt(String kind) {
    all.receipts.add(1, link, kind);
    all.lastReceipt.set(System.currentTimeMillis() / MILLIS, link);
  }

  void unmatched(int count) {
    all.unmatched.add(count, link);
  }

  void inboundParts(int count) {
    all.parts.add(count, link);
  }

  void inboundTexts(int count, boolean complete) {
    if (count > 0) {
      all.texts.add(count, link, Boolean.toString(complete));
    }
  }

  void connect(String result) {
    all.connects.add(1, link, result);
  }

  void query(String result) {
    all.queries.add(1, link, result);
  }

  void batch(int entries) {
    all.batch.observe(entries, link);
  }
}
