package org.wardline.appliance.bench;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.wardline.appliance.RunningWardline;
import org.wardline.appliance.carrier.PlainCarrier;

/**
 * Texts per second from the REST interface to the carrier, everything on: fsync, encryption,
 * consent check, audit, archive, TLS, carrier and load client on the same machine. The clock runs
 * from the first request to the moment the last text is {@code delivered} in the database, or
 * {@code sent} on a link that asks for no receipts.
 */
final class Throughput {
  private static final int PATIENTS = 2_000;

  private Throughput() {}

  /** How long the carrier takes to say that a text has arrived. */
  private static final Duration RECEIPT_DELAY = Duration.ofSeconds(1);

  /** With receipts. The carrier stands in this process. */
  static void run(String[] options) throws Exception {
    Arguments arguments = arguments(options);
    PlainCarrier carrier = PlainCarrier.start(segment -> {}, Duration.ZERO, RECEIPT_DELAY);
    try (Bed bed = Bed.make(carrier, arguments.has("--separate"))) {
      measure("throughput", bed, arguments, "delivered");
    }
  }

  /** A link with {@code receipt-request: none}. */
  static void withoutReceipts(String[] options) throws Exception {
    Arguments arguments = arguments(options);
    PlainCarrier carrier = PlainCarrier.start(segment -> {}, Duration.ZERO, Duration.ZERO);
    try (Bed bed = Bed.make(carrier, arguments.has("--separate"), "receipt-request: none")) {
      measure("throughput-noreceipts", bed, arguments, "sent");
    }
  }

  private static Arguments arguments(String[] options) {
    return Arguments.of(options, Set.of("--history"), Set.of("--separate"));
  }

  private static void measure(String name, Bed bed, Arguments arguments, String end)
      throws Exception {
    int texts = arguments.plain(0, 20_000);
    int clients = arguments.plain(1, 64);
    int history = Math.toIntExact(arguments.named("--history", 0));
    RunningWardline wardline = bed.wardline();
    Load load = bed.load(PATIENTS, clients);
    int warmUp =
        WarmUp.run(
            wardline,
            (round, count) -> {
              Since warm = Since.now(wardline);
              load.texts(round, count);
              warm.await(count, "out", "'" + end + "'");
              bed.awaitArchived();
            });
    double seedSeconds = history > 0 ? History.seed(wardline, history) : 0;
    System.err.println("measuring " + texts + " texts with " + clients + " clients …");
    Since since = Since.now(wardline);
    Cost before = Cost.of(wardline);
    double compiledBefore = Cost.compilers(wardline);
    long start = System.nanoTime();
    long[] accept = load.texts("measured", texts);
    double acceptSeconds = secondsSince(start);
    since.await(texts, "out", "'" + end + "'");
    double seconds = secondsSince(start);
    Map<String, Double> cpu = Cost.of(wardline).since(before);
    double compiling = Math.max(0, Cost.compilers(wardline) - compiledBefore);
    bed.awaitArchived();
    double archivedSeconds = secondsSince(start);
    Map<String, Double> cpuArchived = Cost.of(wardline).since(before);

    Figures figures =
        new Figures("bench", name)
            .put("texts", texts)
            .put("clients", clients)
            .put("textsPerSecond", Math.round(texts / seconds))
            .put("acceptedPerSecond", Math.round(texts / acceptSeconds))
            .sorted("acceptMillis", accept)
            .percentiles(end + "Seconds", since.secondsTo(end))
            .cpu(cpu, texts)
            .put("compilingPer1000", compiling * 1000 / texts)
            .put("warmUpTexts", warmUp)
            .put("cpuSecondsPer1000Archived", cpuArchived.getOrDefault("all", 0.0) * 1000 / texts)
            .put("archivedPerSecond", Math.round(texts / archivedSeconds))
            .peakMemory(wardline);
    if (history > 0) {
      figures.put("historyRows", history).put("historySeedSeconds", seedSeconds);
    }
    figures.print();
  }

  static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
