package org.wardline.gateway;

import org.wardline.metrics.Metrics;

/**
 * The gateway's figures, made once. Labels are link names and constants, never numbers, texts or
 * ids.
 */
final class GatewayMetrics {
  final Metrics.Count submitted;
  final Metrics.Durations latency;
  final Metrics.Level inFlight;
  final Metrics.Level window;
  final Metrics.Level bound;
  final Metrics.Level spacing;
  final Metrics.Count receipts;
  final Metrics.Level lastReceipt;
  final Metrics.Count unmatched;
  final Metrics.Count parts;
  final Metrics.Count texts;
  final Metrics.Count connects;
  final Metrics.Durations batch;
  final Metrics.Count queries;

  GatewayMetrics(Metrics metrics) {
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
    window = metrics.level("wardline_gateway_window_texts", "Most texts in flight at once", "link");
    bound = metrics.level("wardline_gateway_link_bound", "1 while bound to the carrier", "link");
    spacing =
        metrics.level(
            "wardline_gateway_throttle_spacing_seconds",
            "Pause between two segments because the carrier asked for it",
            "link");
    receipts =
        metrics.counter(
            "wardline_gateway_receipts_total", "Delivery receipts, by kind", "link", "kind");
    lastReceipt =
        metrics.level(
            "wardline_gateway_last_receipt_timestamp_seconds",
            "When the last delivery receipt came, in Unix time; missing until one has",
            "link");
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
    queries =
        metrics.counter(
            "wardline_gateway_queries_total",
            "Questions to the carrier about texts without a receipt, by what it said",
            "link",
            "result");
  }

  /** The figures of one link, from zero where they say how it is now. */
  LinkMetrics of(String link, int windowSize) {
    window.set(windowSize, link);
    bound.set(0, link);
    inFlight.set(0, link);
    spacing.set(0, link);
    return new LinkMetrics(this, link);
  }
}
