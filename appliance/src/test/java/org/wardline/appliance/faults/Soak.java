package org.wardline.appliance.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.wardline.appliance.RestClient;
import org.wardline.appliance.RunningWardline;
import org.wardline.appliance.bench.Arguments;
import org.wardline.appliance.bench.Bed;
import org.wardline.appliance.bench.Cost;
import org.wardline.appliance.bench.Database;
import org.wardline.appliance.bench.Figures;
import org.wardline.appliance.carrier.PlainCarrier;

/**
 * {@code ./dev soak}: a steady load for a long time, looked at every ten seconds. Writes {@code
 * target/soak/soak.csv} and {@code soak.svg}; ends like {@code ./dev faults}.
 */
public final class Soak {
  private static final Duration SAMPLE = Duration.ofSeconds(10);
  private static final int PATIENTS = 1_600;
  private static final int ROW_LIMIT = 100_000;
  private static final Duration RESPOND_DELAY = Duration.ofMillis(20);
  private static final Duration RECEIPT_DELAY = Duration.ofSeconds(1);
  private static final List<String> PROGRAMS =
      List.of("server", "gateway", "postgres", "cassandra", "bench");

  private final Tally tally = new Tally();
  private final List<Map<String, Double>> samples = new ArrayList<>();

  private Soak() {}

  public static void main(String[] args) throws Exception {
    int code;
    try {
      Arguments arguments = Arguments.of(args, Set.of("--minutes", "--rate"), Set.of());
      code =
          new Soak()
              .run(
                  Duration.ofMinutes(arguments.named("--minutes", 30)),
                  (double) arguments.named("--rate", 50));
    } catch (IllegalArgumentException e) {
      System.err.println("./dev soak: " + e.getMessage());
      code = 2;
    }
    System.exit(code);
  }

  private int run(Duration length, double rate) throws Exception {
    PlainCarrier carrier = PlainCarrier.start(tally, RESPOND_DELAY, RECEIPT_DELAY);
    try (Bed bed = Bed.make(carrier, /* separate= */ true)) {
      bed.load(PATIENTS, 1);
      RunningWardline wardline = bed.wardline();
      System.err.printf("%.0f texts a second for %d minutes …%n", rate, length.toMinutes());
      Traffic traffic =
          new Traffic(tally, new RestClient(wardline), Bed.numbers(PATIENTS), rate).start();
      long start = System.nanoTime();
      long last = start;
      Cost cost = Cost.of(wardline);
      while (last - start < length.toNanos() && samples.size() < ROW_LIMIT) {
        long due = last + SAMPLE.toNanos();
        Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
        long now = System.nanoTime();
        Cost next = Cost.of(wardline);
        samples.add(sample(wardline, next.since(cost), start, last, now));
        cost = next;
        last = now;
      }
      traffic.stop();
      Figures figures =
          new Figures("faults", "soak")
              .put("minutes", length.toMinutes())
              .put("rate", rate)
              .put("samples", samples.size());
      Verdict verdict = new Verdict(tally, wardline);
      verdict.settle(figures);
      for (String column : List.of("sentMillisP50", "sentMillisP99", "queueTexts", "gatewayMB")) {
        double[] sorted =
            samples.stream().mapToDouble(one -> one.getOrDefault(column, 0.0)).sorted().toArray();
        figures
            .put(column + "Median", sorted[sorted.length / 2])
            .put(column + "Max", sorted[sorted.length - 1]);
      }
      write(length, rate);
      return verdict.finish(figures);
    }
  }

  private Map<String, Double> sample(
      RunningWardline wardline, Map<String, Double> cpu, long start, long from, long to)
      throws IOException, SQLException {
    double seconds = (to - from) / 1e9;
    Map<String, Double> sample = new LinkedHashMap<>();
    sample.put("seconds", (to - start) / 1e9);
    Map<String, Long> megabytes = Cost.residentMegabytes(wardline, "VmRSS");
    for (String program : PROGRAMS) {
      sample.put(program + "MB", (double) megabytes.getOrDefault(program, 0L));
      sample.put(program + "CpuPercent", 100 * cpu.getOrDefault(program, 0.0) / seconds);
    }
    double[] queue =
        Database.rows(
                wardline,
                "SELECT count(*), coalesce(extract(epoch FROM now() - min(accepted_at)), 0) FROM sms.outbound",
                row -> new double[] {row.getDouble(1), row.getDouble(2)})
            .getFirst();
    sample.put("queueTexts", queue[0]);
    sample.put("queueOldestSeconds", queue[1]);
    put(sample, "acceptMillis", Story::acceptedAt, from, to);
    put(sample, "sentMillis", Story::carriedAt, from, to);
    put(sample, "reportedMillis", Story::reportedAt, from, to);
    sample.put(
        "textsPerSecond", tally.count(s -> s.carriedAt() >= from && s.carriedAt() < to) / seconds);
    return sample;
  }

  /** From the request to that moment, of the texts that reached it since the last sample. */
  private void put(
      Map<String, Double> sample, String name, ToLongFunction<Story> moment, long from, long to) {
    long[] took =
        tally
            .stories()
            .filter(s -> moment.applyAsLong(s) >= from && moment.applyAsLong(s) < to)
            .mapToLong(s -> moment.applyAsLong(s) - s.askedAt)
            .sorted()
            .toArray();
    sample.put(name + "P50", took.length == 0 ? 0 : took[took.length / 2] / 1e6);
    sample.put(name + "P99", took.length == 0 ? 0 : took[(took.length * 99) / 100] / 1e6);
  }

  private void write(Duration length, double rate) throws IOException {
    Path folder = RunningWardline.root().resolve("target/soak");
    Files.createDirectories(folder);
    List<String> columns = List.copyOf(samples.getFirst().keySet());
    List<String> lines = new ArrayList<>(List.of(String.join(",", columns)));
    for (Map<String, Double> sample : samples) {
      lines.add(
          columns.stream()
              .map(column -> String.format(Locale.ROOT, "%.1f", sample.getOrDefault(column, 0.0)))
              .collect(Collectors.joining(",")));
    }
    Files.write(folder.resolve("soak.csv"), lines);
    String title =
        String.format(Locale.ROOT, "%.0f texts a second for %d minutes", rate, length.toMinutes());
    Files.writeString(
        folder.resolve("soak.svg"),
        new Chart(title, column("seconds"))
            .panel("Memory, MB", lines("MB"))
            .panel("CPU, % of one core", lines("CpuPercent"))
            .panel(
                "Request to carrier, ms",
                Map.of("median", column("sentMillisP50"), "p99", column("sentMillisP99")))
            .panel(
                "Queue",
                Map.of("texts", column("queueTexts"), "oldest, s", column("queueOldestSeconds")))
            .svg());
    System.err.println("target/soak/soak.csv and soak.svg written");
  }

  private Map<String, double[]> lines(String suffix) {
    Map<String, double[]> lines = new LinkedHashMap<>();
    for (String program : PROGRAMS) {
      double[] values = column(program + suffix);
      if (Arrays.stream(values).anyMatch(value -> value > 0)) {
        lines.put(program.equals("bench") ? "carrier and clients" : program, values);
      }
    }
    return lines;
  }

  private double[] column(String name) {
    return samples.stream().mapToDouble(one -> one.getOrDefault(name, 0.0)).toArray();
  }
}
