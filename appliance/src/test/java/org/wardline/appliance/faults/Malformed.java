package org.wardline.appliance.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.wardline.appliance.RestClient;
import org.wardline.appliance.bench.Arguments;
import org.wardline.appliance.bench.Bed;
import org.wardline.appliance.bench.Figures;
import org.wardline.appliance.carrier.PlainCarrier;

/**
 * A carrier that talks nonsense between good answers. Good texts must all be delivered; those that
 * were under way while the line stood all the time, in less than a second. Texts that met a line
 * that was cut (which nonsense about lengths earns) wait for the next one and are timed apart.
 */
final class Malformed {
  private static final int PATIENTS = 160;
  private static final double TEXTS_PER_SECOND = 20;
  private static final int LONGEST_PAUSE_MS = 40;
  private static final int EVERY_BIND_ODD = 6;
  private static final int PROGRESS_EVERY = 250;
  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration RESPOND_DELAY = Duration.ofMillis(20);
  private static final Duration RECEIPT_DELAY = Duration.ofMillis(50);
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Duration REBIND_LIMIT = Duration.ofMinutes(2);

  private Malformed() {}

  static int run(String[] options) throws Exception {
    Arguments arguments = Arguments.of(options, Set.of("--count", "--seed"), Set.of());
    int count = Math.toIntExact(arguments.named("--count", 3_000));
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
      Thread.sleep(WARM_UP.dividedBy(2));
      carrier.drop(true);
      Thread.sleep(WARM_UP.dividedBy(2));
      warmUp.stop();
      Flap.awaitRest(tally);
      long pid = bed.wardline().pid("gateway");
      GatewayJvm before = GatewayJvm.of(pid);

      long start = System.nanoTime();
      int bindsBefore = carrier.binds();
      Traffic traffic =
          new Traffic(tally, rest, numbers.subList(warm, PATIENTS), TEXTS_PER_SECOND).start();
      Map<String, Integer> kinds = new TreeMap<>();
      for (int i = 0; i < count; i++) {
        awaitBound(carrier);
        Thread.sleep(random.nextInt(LONGEST_PAUSE_MS));
        inject(carrier, tally, Mutant.next(random), random, kinds);
        if ((i + 1) % PROGRESS_EVERY == 0) {
          System.err.printf(
              "%d of %d wrong PDUs after %.0f s, %d binds again%n",
              i + 1, count, (System.nanoTime() - start) / 1e9, carrier.binds() - bindsBefore);
        }
      }
      awaitBound(carrier);
      traffic.stop();
      double seconds = (System.nanoTime() - start) / 1e9;
      Flap.awaitRest(tally);
      Figures figures =
          new Figures("faults", "malformed")
              .put("seed", seed)
              .put("malformed", kinds.values().stream().mapToInt(Integer::intValue).sum())
              .put("kinds", kinds)
              .put("seconds", seconds)
              .put("bindsAgain", carrier.binds() - bindsBefore);
      Verdict verdict = new Verdict(tally, bed.wardline());
      verdict.settle(figures);
      times(tally, start, verdict, figures);
      verdict.require(pid == bed.wardline().pid("gateway"), "the gateway was started again");
      GatewayJvm.of(bed.wardline().pid("gateway")).compare(before, verdict, figures);
      return verdict.finish(figures);
    }
  }

  private static void inject(
      PlainCarrier carrier, Tally tally, Mutant mutant, Random random, Map<String, Integer> kinds)
      throws InterruptedException {
    kinds.merge(mutant.kind(), 1, Integer::sum);
    if (!mutant.endsLine()) {
      carrier.write(mutant.octets());
      return;
    }
    tally.lineIsDead();
    if (random.nextInt(EVERY_BIND_ODD) == 0) {
      carrier.answerNextBindWith(Mutant.bindAnswer(random));
      kinds.merge("bind answer", 1, Integer::sum);
    }
    carrier.write(mutant.octets());
    Thread.sleep(20); // so that it is read before the end is
    carrier.drop(random.nextBoolean());
  }

  private static void awaitBound(PlainCarrier carrier) throws InterruptedException {
    long deadline = System.nanoTime() + REBIND_LIMIT.toNanos();
    while (!carrier.isBound()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the gateway did not bind again within " + REBIND_LIMIT);
      }
      Thread.sleep(5);
    }
  }

  /** From the answer to the sender to the carrier having the whole text. */
  private static void times(Tally tally, long since, Verdict verdict, Figures figures) {
    List<Story> measured = tally.stories().filter(s -> s.askedAt > since && s.isCarried()).toList();
    long[] up = millis(measured, tally, true);
    long[] cut = millis(measured, tally, false);
    figures
        .put("textsOnAStandingLine", up.length)
        .put("standingMillisP50", at(up, 0.5))
        .put("standingMillisP99", at(up, 0.99))
        .put("standingMillisMax", at(up, 1))
        .put("textsThatMetACut", cut.length)
        .put("cutMillisP50", at(cut, 0.5))
        .put("cutMillisMax", at(cut, 1));
    verdict.require(
        at(up, 1) < LIMIT.toMillis(),
        "a text took %d ms on a line that stood all the time".formatted(at(up, 1)));
    verdict.require(up.length > 0, "no text met a line that stood all the time");
  }

  private static long[] millis(List<Story> stories, Tally tally, boolean standing) {
    return stories.stream()
        .filter(s -> tally.wasUp(s.askedAt, s.carriedAt()) == standing)
        .mapToLong(s -> Math.max(0, s.carriedAt() - s.acceptedAt()) / 1_000_000)
        .sorted()
        .toArray();
  }

  private static long at(long[] sorted, double share) {
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, Math.round(sorted.length * share))];
  }
}
