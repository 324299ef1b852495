package org.wardline.appliance.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.wardline.appliance.RunningWardline;
import org.wardline.appliance.carrier.PlainCarrier;
import org.wardline.appliance.carrier.Taken;

/**
 * Texts are accepted while the carrier is away; it comes back. The clock runs from the bind to the
 * moment the last text is {@code delivered}. Gaps are pauses of the flow at the carrier.
 */
final class RestartBacklog {
  private static final int PATIENTS = 2_000;
  private static final int CLIENTS = 64;
  private static final Duration RECEIPT_DELAY = Duration.ofMillis(30);
  private static final Duration BIND_LIMIT = Duration.ofMinutes(2);

  private RestartBacklog() {}

  /** When the carrier took what. */
  private static final class Arrivals implements PlainCarrier.Witness {
    final CountDownLatch bound = new CountDownLatch(1);
    final AtomicLong boundAt = new AtomicLong();
    final AtomicInteger count = new AtomicInteger();
    final long[] at;

    Arrivals(int texts) {
      at = new long[texts * 2];
    }

    @Override
    public void taken(Taken segment) {
      int n = count.getAndIncrement();
      if (n < at.length) {
        at[n] = segment.at();
      }
    }

    @Override
    public void bound() {
      boundAt.compareAndSet(0, System.nanoTime());
      bound.countDown();
    }
  }

  static void run(String[] options) throws Exception {
    Arguments arguments = Arguments.of(options, Set.of(), Set.of("--separate"));
    int texts = arguments.plain(0, 100_000);
    Arrivals arrivals = new Arrivals(texts);
    PlainCarrier carrier = PlainCarrier.start(arrivals, Duration.ZERO, RECEIPT_DELAY);
    carrier.goAway();
    try (Bed bed = Bed.make(carrier, arguments.has("--separate"))) {
      RunningWardline wardline = bed.wardline();
      Load load = bed.load(PATIENTS, CLIENTS);
      System.err.println("accepting " + texts + " texts while the carrier is away …");
      Since since = Since.now(wardline);
      long accepting = System.nanoTime();
      long[] accept = load.texts("backlog", texts);
      double acceptSeconds = Throughput.secondsSince(accepting);
      bed.awaitArchived();
      System.err.println("the carrier comes back …");
      long back = System.nanoTime();
      Cost before = Cost.of(wardline);
      carrier.comeBack();
      if (!arrivals.bound.await(BIND_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the gateway did not bind within " + BIND_LIMIT);
      }
      long bound = arrivals.boundAt.get();
      since.await(texts, "out", "'delivered'");
      double seconds = Throughput.secondsSince(bound);
      Map<String, Double> cpu = Cost.of(wardline).since(before);
      int carried = Math.min(arrivals.count.get(), arrivals.at.length);
      long[] at = Arrays.copyOf(arrivals.at, carried);
      Arrays.sort(at);
      new Figures("bench", "restart-backlog")
          .put("texts", texts)
          .put("textsPerSecond", Math.round(texts / seconds))
          .put("acceptedPerSecond", Math.round(texts / acceptSeconds))
          .sorted("acceptMillis", accept)
          .put("secondsUntilBound", (bound - back) / 1e9)
          .put("secondsToLastDelivered", seconds)
          .put("secondsToLastSent", (at[carried - 1] - bound) / 1e9)
          .percentiles("claimToSentSeconds", since.secondsFromClaimToSent())
          .put("takenPerSecond", perSecond(at, bound))
          .put("longestGapMillis", longestGap(at, bound) / 1e6)
          .put("segmentsCarried", arrivals.count.get())
          .cpu(cpu, texts)
          .peakMemory(wardline)
          .print();
    }
  }

  /** What each whole second since the bind has seen, without the last, broken one. */
  private static Map<String, Object> perSecond(long[] at, long bound) {
    int seconds = Math.max(1, (int) ((at[at.length - 1] - bound) / 1_000_000_000L));
    int[] taken = new int[seconds];
    for (long one : at) {
      int second = (int) (Math.max(0, one - bound) / 1_000_000_000L);
      if (second < seconds) {
        taken[second]++;
      }
    }
    int[] sorted = taken.clone();
    Arrays.sort(sorted);
    return new TreeMap<>(
        Map.of(
            "least", sorted[0],
            "median", sorted[seconds / 2],
            "most", sorted[seconds - 1],
            "secondsWithNone", (int) Arrays.stream(taken).filter(n -> n == 0).count()));
  }

  private static long longestGap(long[] at, long bound) {
    long longest = at[0] - bound;
    for (int i = 1; i < at.length; i++) {
      longest = Math.max(longest, at[i] - at[i - 1]);
    }
    return longest;
  }
}
