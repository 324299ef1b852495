package org.wardline.appliance.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.wardline.appliance.RunningWardline;
import org.wardline.appliance.carrier.PlainCarrier;

/**
 * Texts per second from phones: the carrier delivers as fast as the gateway acknowledges, with a
 * window. The clock runs from the first delivery to the moment the last text is a message in a
 * conversation.
 */
final class Inbound {
  private static final int PATIENTS = 2_000;
  private static final int WINDOW = 100;
  private static final int AGAIN_MS = 100;
  private static final String LINE = "+13125550199";
  private static final Duration BIND_LIMIT = Duration.ofMinutes(1);

  private final PlainCarrier carrier;

  private Inbound(PlainCarrier carrier) {
    this.carrier = carrier;
  }

  static void run(String[] options) throws Exception {
    Arguments arguments = Arguments.of(options, Set.of("--window"), Set.of("--separate"));
    int texts = arguments.plain(0, 20_000);
    int window = Math.toIntExact(arguments.named("--window", WINDOW));
    PlainCarrier carrier = PlainCarrier.start(segment -> {}, Duration.ZERO, Duration.ZERO);
    try (Bed bed = Bed.make(carrier, arguments.has("--separate"))) {
      RunningWardline wardline = bed.wardline();
      bed.load(PATIENTS, 1);
      long deadline = System.nanoTime() + BIND_LIMIT.toNanos();
      while (!carrier.isBound() && System.nanoTime() < deadline) {
        Thread.sleep(20);
      }
      Inbound inbound = new Inbound(carrier);
      int warmUp =
          WarmUp.run(
              wardline,
              (round, count) -> {
                Since warm = Since.now(wardline);
                inbound.deliver(round, count, window);
                warm.await(count, "in", "'received'");
                bed.awaitArchived();
              });
      System.err.println("measuring " + texts + " texts, window " + window + " …");
      Since since = Since.now(wardline);
      Cost before = Cost.of(wardline);
      long start = System.nanoTime();
      long[] seen = new long[texts];
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread watch =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      note(since, seen);
                    } catch (Exception e) {
                      failure.set(e);
                    }
                  });
      Acknowledged acknowledged = inbound.deliver("measured", texts, window);
      double acknowledgedSeconds = Throughput.secondsSince(start);
      watch.join();
      if (failure.get() != null) {
        throw new IllegalStateException("the watch broke off", failure.get());
      }
      since.await(texts, "in", "'received'");
      double seconds = Throughput.secondsSince(start);
      var cpu = Cost.of(wardline).since(before);
      bed.awaitArchived();
      new Figures("bench", "inbound")
          .put("texts", texts)
          .put("window", window)
          .put("warmUpTexts", warmUp)
          .put("textsPerSecond", Math.round(texts / seconds))
          .put("acknowledgedPerSecond", Math.round(texts / acknowledgedSeconds))
          .sorted("acknowledgeMillis", acknowledged.took())
          .percentiles("inConversationSeconds", lag(acknowledged.at(), seen))
          .put("deliveredTwice", acknowledged.again())
          .cpu(cpu, texts)
          .put("archivedPerSecond", Math.round(texts / Throughput.secondsSince(start)))
          .peakMemory(wardline)
          .print();
    }
  }

  /**
   * @param took nanoseconds from deliver_sm to its answer, sorted
   * @param at when each was answered, sorted
   * @param again deliveries the gateway did not take the first time
   */
  @SuppressWarnings("ArrayRecordComponent") // figures, never compared
  private record Acknowledged(long[] took, long[] at, long again) {}

  private Acknowledged deliver(String run, int texts, int window) throws InterruptedException {
    long[] took = new long[texts];
    long[] at = new long[texts];
    AtomicLong again = new AtomicLong();
    Semaphore open = new Semaphore(window);
    for (int i = 0; i < texts; i++) {
      open.acquire();
      deliver(run, i, took, at, again, open);
    }
    open.acquire(window);
    Arrays.sort(took);
    Arrays.sort(at);
    return new Acknowledged(took, at, again.get());
  }

  private void deliver(
      String run, int i, long[] took, long[] at, AtomicLong again, Semaphore open) {
    String from = "+1312%07d".formatted(2_000_000 + i % PATIENTS);
    long start = System.nanoTime();
    var _ =
        carrier
            .deliver(from, LINE, "Thank you, " + run + " number " + i + " is fine with me.")
            .thenAccept(
                status -> {
                  if (status != 0) {
                    again.incrementAndGet();
                    CompletableFuture.delayedExecutor(AGAIN_MS, TimeUnit.MILLISECONDS)
                        .execute(() -> deliver(run, i, took, at, again, open));
                    return;
                  }
                  at[i] = System.nanoTime();
                  took[i] = at[i] - start;
                  open.release();
                });
  }

  /** When the n-th message was there, to a tenth of a second. */
  private static void note(Since since, long[] seen) throws Exception {
    int known = 0;
    long deadline = System.nanoTime() + Duration.ofMinutes(20).toNanos();
    while (known < seen.length && System.nanoTime() < deadline) {
      long count = since.count("in");
      long now = System.nanoTime();
      while (known < Math.min(count, seen.length)) {
        seen[known] = now;
        known++;
      }
      Thread.sleep(100);
    }
  }

  /** From the acknowledgment to the conversation, by rank: texts pass in their order. */
  private static double[] lag(long[] acknowledged, long[] seen) {
    long[] lag = new long[seen.length];
    for (int i = 0; i < lag.length; i++) {
      lag[i] = Math.max(0, seen[i] - acknowledged[i]);
    }
    Arrays.sort(lag);
    return new double[] {
      Load.percentileMillis(lag, 50) / 1000, Load.percentileMillis(lag, 99) / 1000
    };
  }
}
