package org.wardline.gateway;

import java.time.Duration;
import org.wardline.metrics.Metrics;

/** The gateway's figures. Labels are link names and constants, never numbers, texts or ids. */
final class GatewayMetrics {
  private static final double NANOS = 1e9;

  private final String link;
  private final Metrics.Count submitted;
  private final Metrics.Durations latency;
  private final Metrics.Level inFlight;
  private final Metrics.Level bound;
  private final Metrics.Level spacing;
  private final Metrics.Count receipts;
  private final Metrics.Count unmatched;
  private final Metrics.Count parts;
  private final Metrics.Count texts;
  private final Metrics.Count connects;
  private final Metrics.Durations batch;

  GatewayMetrics(Metrics metrics, String link, int windowSize) {
    this.link = link;
    submitted =
        metrics.counter(
            "wardline_gateway_submits_total",
            "Segments handed to the carrier, by what it answered",
            "link",
            "result");
    latency =
        metrics.histogram(
            "wardline_gateway_submit_seconds",
            "From writing a segment to the carrier's answer",
            "link");
    inFlight =
        metrics.level(
            "wardline_gateway_in_flight_texts",
            "Texts claimed whose result is not durable yet",
            "link");
    Metrics.Level window =
        metrics.level("wardline_gateway_window_texts", "Most texts in flight at once", "link");
    window.set(windowSize, link);
    bound = metrics.level("wardline_gateway_link_bound", "1 while bound to the carrier", "link");
    bound.set(0, link);
    spacing =
        metrics.level(
            "wardline_gateway_throttle_spacing_seconds",
            "Pause between two segments because the carrier asked for it",
            "link");
    receipts =
        metrics.counter(
            "wardline_gateway_receipts_total", "Delivery receipts, by kind", "link", "kind");
    unmatched =
        metrics.counter(
            "wardline_gateway_receipts_unmatched_total",
            "Receipts kept aside because no sent segment has their id yet",
            "link");
    parts =
        metrics.counter(
            "wardline_gateway_inbound_parts_total", "Inbound parts and whole texts stored", "link");
    texts =
        metrics.counter(
            "wardline_gateway_inbound_texts_total",
            "Inbound texts handed on, by completeness",
            "link",
            "complete");
    connects =
        metrics.counter(
            "wardline_gateway_connects_total", "Attempts to bind, by result", "link", "result");
    batch =
        metrics.histogram(
            "wardline_gateway_commit_entries", "Results and receipts per commit", "link");
  }

  void submitted(String result) {
    submitted.add(1, link, result);
  }

  void submitted(String result, Duration took) {
    submitted.add(1, link, result);
    latency.observe(took.toNanos() / NANOS, link);
  }

  void inFlight(int count) {
    inFlight.set(count, link);
  }

  void bound(boolean now) {
    bound.set(now ? 1 : 0, link);
  }

  void spacing(Duration now) {
    spacing.set(now.toNanos() / NANOS, link);
  }

  void receipt(String kind) {
    receipts.add(1, link, kind);
  }

  void unmatched(int count) {
    unmatched.add(count, link);
  }

  void inboundParts(int count) {
    parts.add(count, link);
  }

  void inboundTexts(int count, boolean complete) {
    if (count > 0) {
      texts.add(count, link, Boolean.toString(complete));
    }
  }

  void connect(String result) {
    connects.add(1, link, result);
  }

  void batch(int entries) {
    batch.observe(entries, link);
  }
}
