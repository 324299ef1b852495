package org.wardline.appliance.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.wardline.appliance.RestClient;
import org.wardline.appliance.bench.Arguments;
import org.wardline.appliance.bench.Bed;
import org.wardline.appliance.bench.Figures;
import org.wardline.appliance.carrier.PlainCarrier;

/**
 * A link that dies again and again under load: cut, silent, refused. Afterwards everything must be
 * delivered, and the gateway must hold what it held before.
 */
final class Flap {
  private static final int PATIENTS = 160;
  private static final double TEXTS_PER_SECOND = 60;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration RESPOND_DELAY = Duration.ofMillis(120);
  private static final Duration RECEIPT_DELAY = Duration.ofMillis(150);
  private static final int LONGEST_SILENCE_MS = 4_000;
  private static final int LONGEST_REFUSAL_MS = 2_500;

  private enum Death {
    RESET,
    CLOSED,
    SILENT_THEN_DEAD,
    SILENT_THEN_BACK,
    CONNECTIONS_REFUSED,
    BINDS_REFUSED
  }

  private Flap() {}

  static int run(String[] options) throws Exception {
    Arguments arguments = Arguments.of(options, Set.of("--times", "--minutes", "--seed"), Set.of());
    int times = Math.toIntExact(arguments.named("--times", 60));
    long minutes = arguments.named("--minutes", 5);
    long seed = arguments.named("--seed", System.nanoTime());
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    Tally tally = new Tally();
    PlainCarrier carrier = PlainCarrier.start(tally, RESPOND_DELAY, RECEIPT_DELAY);
    try (Bed bed = Bed.make(carrier, /* separate= */ true)) {
      bed.load(PATIENTS, 1);
      List<String> numbers = Bed.numbers(PATIENTS);
      int warm = PATIENTS / 2;
      RestClient rest = new RestClient(bed.wardline());
      Traffic warmUp = new Traffic(tally, rest, numbers.subList(0, warm), TEXTS_PER_SECOND).start();
      Thread.sleep(WARM_UP);
      carrier.drop(true); // what a first reconnect loads for good is no leak
      Thread.sleep(WARM_UP.dividedBy(3));
      warmUp.stop();
      awaitRest(tally);
      GatewayJvm before = GatewayJvm.of(bed.wardline().pid("gateway"));
      long pid = bed.wardline().pid("gateway");

      Traffic traffic =
          new Traffic(tally, rest, numbers.subList(warm, PATIENTS), TEXTS_PER_SECOND).start();
      long start = System.nanoTime();
      int bindsBefore = carrier.binds();
      Map<Death, Integer> deaths = new EnumMap<>(Death.class);
      double[] moments =
          random
              .doubles(times, 0, (double) Duration.ofMinutes(minutes).toMillis())
              .sorted()
              .toArray();
      for (double moment : moments) {
        long early = (long) moment - (System.nanoTime() - start) / 1_000_000;
        if (early > 0) {
          Thread.sleep(early);
        }
        Death death = Death.values()[random.nextInt(Death.values().length)];
        deaths.merge(death, 1, Integer::sum);
        die(carrier, death, random);
      }
      traffic.stop();
      double seconds = (System.nanoTime() - start) / 1e9;
      awaitRest(tally);
      Figures figures =
          new Figures("faults", "flap")
              .put("seed", seed)
              .put("times", times)
              .put("seconds", seconds)
              .put("deaths", deaths)
              .put("bindsAgain", carrier.binds() - bindsBefore);
      Verdict verdict = new Verdict(tally, bed.wardline());
      verdict.settle(figures);
      verdict.require(pid == bed.wardline().pid("gateway"), "the gateway was started again");
      GatewayJvm.of(bed.wardline().pid("gateway")).compare(before, verdict, figures);
      return verdict.finish(figures);
    }
  }

  private static void die(PlainCarrier carrier, Death death, Random random)
      throws IOException, InterruptedException {
    int silence = random.nextInt(500, LONGEST_SILENCE_MS);
    int refusal = random.nextInt(200, LONGEST_REFUSAL_MS);
    switch (death) {
      case RESET -> carrier.drop(true);
      case CLOSED -> carrier.drop(false);
      case SILENT_THEN_DEAD -> {
        carrier.freeze(true);
        Thread.sleep(silence);
        carrier.drop(true);
        carrier.freeze(false);
      }
      case SILENT_THEN_BACK -> {
        carrier.freeze(true);
        Thread.sleep(silence);
        carrier.freeze(false);
      }
      case CONNECTIONS_REFUSED -> {
        carrier.goAway();
        Thread.sleep(refusal);
        carrier.comeBack();
      }
      case BINDS_REFUSED -> {
        carrier.refuseBinds(true);
        carrier.drop(false);
        Thread.sleep(refusal);
        carrier.refuseBinds(false);
      }
    }
  }

  /** Until every receipt is taken; what never comes is {@link Verdict}'s to say. */
  static void awaitRest(Tally tally) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    while (tally.count(story -> !story.isReported()) > 0 && System.nanoTime() < deadline) {
      Thread.sleep(100);
    }
    Thread.sleep(2_000); // commits and closings under way
  }
}
