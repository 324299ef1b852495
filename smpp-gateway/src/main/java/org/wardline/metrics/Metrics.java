package org.wardline.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Every figure a process shows at {@code /metrics}. The only importer of the Prometheus client,
 * whose API is frozen upstream. Label values are constants of the code, line and link names: never
 * a person's name, number or id.
 */
public final class Metrics {
  private static final double[] SECONDS = {
    .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300
  };
  private final CollectorRegistry registry = new CollectorRegistry();

  public Metrics() {
    DefaultExports.register(registry);
  }

  /** A number that only grows; {@code add} takes the label values in the order of their names. */
  public interface Count {
    void add(double amount, String... labelValues);
  }

  /** Durations in seconds, as a histogram. */
  public interface Durations {
    void observe(double seconds, String... labelValues);
  }

  /** A number set from outside, per label values. */
  public interface Level {
    void set(double value, String... labelValues);
  }

  public Count counter(String name, String help, String... labels) {
    Counter counter = Counter.build(name, help).labelNames(labels).register(registry);
    return (amount, values) -> counter.labels(values).inc(amount);
  }

  public Durations histogram(String name, String help, String... labels) {
    Histogram histogram =
        Histogram.build(name, help).labelNames(labels).buckets(SECONDS).register(registry);
    return (seconds, values) -> histogram.labels(values).observe(seconds);
  }

  public Level level(String name, String help, String... labels) {
    Gauge gauge = Gauge.build(name, help).labelNames(labels).register(registry);
    return (value, values) -> gauge.labels(values).set(value);
  }

  /** A number read when somebody asks; {@code NaN} when the source cannot tell. */
  public void gauge(String name, String help, DoubleSupplier value) {
    new Collector() {
      @Override
      public List<MetricFamilySamples> collect() {
        double now;
        try {
          now = value.getAsDouble();
        } catch (RuntimeException e) {
          now = Double.NaN;
        }
        return List.of(
            new MetricFamilySamples(
                name,
                Type.GAUGE,
                help,
                List.of(new MetricFamilySamples.Sample(name, List.of(), List.of(), now))));
      }
    }.register(registry);
  }

  /** One of several numbers under one name. */
  public record Reading(double value, List<String> labelValues) {
    public static Reading of(double value, String... labelValues) {
      return new Reading(value, List.of(labelValues));
    }
  }

  /**
   * Numbers read when somebody asks, for things that come and go: what is not among the readings
   * any more is not shown any more. Nothing is shown when the source cannot tell.
   */
  public void gauges(
      String name, String help, List<String> labels, Supplier<List<Reading>> readings) {
    new Collector() {
      @Override
      public List<MetricFamilySamples> collect() {
        List<Reading> now;
        try {
          now = readings.get();
        } catch (RuntimeException e) {
          now = List.of();
        }
        return List.of(
            new MetricFamilySamples(
                name,
                Type.GAUGE,
                help,
                now.stream()
                    .map(
                        one ->
                            new MetricFamilySamples.Sample(
                                name, labels, one.labelValues(), one.value()))
                    .toList()));
      }
    }.register(registry);
  }

  /** Everything in the Prometheus text format 0.0.4. */
  public String text() {
    StringWriter out = new StringWriter();
    try {
      TextFormat.write004(out, registry.metricFamilySamples());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }
}
