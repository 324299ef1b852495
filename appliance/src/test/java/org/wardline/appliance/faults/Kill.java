package org.wardline.appliance.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.wardline.appliance.Archive;
import org.wardline.appliance.RestClient;
import org.wardline.appliance.RunningWardline;
import org.wardline.appliance.bench.Arguments;
import org.wardline.appliance.bench.Bed;
import org.wardline.appliance.bench.Figures;
import org.wardline.appliance.carrier.PlainCarrier;

/**
 * SIGKILL for one process after the other in the middle of texts. The launcher brings gateway,
 * PostgreSQL and Cassandra back by itself; it lives in the server, so after that one's death it is
 * started again and takes over the engines that still run. The seed decides who dies and after how
 * long; what happens at that moment is the machine's choice.
 */
final class Kill {
  private static final List<String> PROGRAMS =
      List.of("gateway", "server", "postgres", "cassandra");
  private static final int PATIENTS = 160;
  private static final double TEXTS_PER_SECOND = 80;

  /** The gateway's window, by default: so many texts at most come twice after a death. */
  private static final int WINDOW = 100;

  private static final int SHORTEST_PAUSE_MS = 300;
  private static final int LONGEST_PAUSE_MS = 4_000;
  private static final Duration RESPOND_DELAY = Duration.ofMillis(120);
  private static final Duration RECEIPT_DELAY = Duration.ofMillis(150);
  private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(3);

  private Kill() {}

  /** One death: when, and when texts that were asked for after it had all their receipts taken. */
  private record Death(String program, long at, long recovered) {
    double seconds() {
      return (recovered - at) / 1e9;
    }
  }

  static int run(String[] options) throws Exception {
    Arguments arguments = Arguments.of(options, Set.of("--rounds", "--seed"), Set.of());
    int rounds = Math.toIntExact(arguments.named("--rounds", 20));
    long seed = arguments.named("--seed", System.nanoTime());
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    Tally tally = new Tally();
    PlainCarrier carrier = PlainCarrier.start(tally, RESPOND_DELAY, RECEIPT_DELAY);
    try (Bed bed = Bed.make(carrier, /* separate= */ true)) {
      bed.load(PATIENTS, 1);
      long start = System.nanoTime();
      Traffic traffic =
          new Traffic(
                  tally, new RestClient(bed.wardline()), Bed.numbers(PATIENTS), TEXTS_PER_SECOND)
              .start();
      List<Death> deaths = new ArrayList<>();
      List<String> turn = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        if (turn.isEmpty()) {
          // Each dies equally often.
          turn.addAll(PROGRAMS);
          java.util.Collections.shuffle(turn, random);
        }
        Thread.sleep(random.nextInt(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS));
        Death death = kill(bed, turn.removeFirst(), tally, traffic);
        deaths.add(death);
        System.err.printf(
            "round %d: %s died, texts flowed again after %.1f s%n",
            round + 1, death.program(), death.seconds());
      }
      traffic.stop();
      double seconds = (System.nanoTime() - start) / 1e9;
      Figures figures =
          new Figures("faults", "kill")
              .put("seed", seed)
              .put("rounds", rounds)
              .put("seconds", seconds);
      Verdict verdict = new Verdict(tally, bed.wardline());
      verdict.settle(figures);
      archive(bed, tally, verdict, figures);
      table(deaths, tally, verdict, figures);
      return verdict.finish(figures);
    }
  }

  private static Death kill(Bed bed, String program, Tally tally, Traffic traffic)
      throws Exception {
    RunningWardline wardline = bed.wardline();
    long pid = wardline.pid(program);
    wardline.kill(program);
    long at = System.nanoTime();
    if (program.equals("server")) {
      wardline.awaitExit();
      bed.restart();
      traffic.use(new RestClient(bed.wardline()));
    } else {
      await(program + " runs again", () -> wardline.pid(program) != pid);
    }
    long back = System.nanoTime();
    await(
        "texts flow again",
        () -> tally.stories().anyMatch(story -> story.askedAt > back && story.isReported()));
    return new Death(program, at, System.nanoTime());
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + RECOVERY_LIMIT.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("not within " + RECOVERY_LIMIT + ": " + what);
      }
      Thread.sleep(20);
    }
  }

  /** ARC-1: what was accepted is in the archive, once. */
  private static void archive(Bed bed, Tally tally, Verdict verdict, Figures figures)
      throws Exception {
    bed.awaitArchived();
    try (Archive archive = new Archive(bed.wardline())) {
      var rows = archive.rowsByEvent();
      long missing = tally.count(s -> s.isAccepted() && !rows.containsKey(UUID.fromString(s.id())));
      long twice = rows.values().stream().filter(n -> n != 1).count();
      figures.put("notArchived", missing).put("archivedTwice", twice);
      verdict.require(missing == 0, missing + " accepted texts are not in the archive");
      verdict.require(twice == 0, twice + " events are in the archive more than once");
    }
  }

  private static void table(List<Death> deaths, Tally tally, Verdict verdict, Figures figures) {
    System.err.printf(
        "%-10s %6s %16s %16s %18s%n",
        "killed", "times", "back after, med.", "back after, max.", "most texts twice");
    for (String program : PROGRAMS) {
      double[] seconds =
          deaths.stream()
              .filter(death -> death.program().equals(program))
              .mapToDouble(Death::seconds)
              .sorted()
              .toArray();
      if (seconds.length == 0) {
        continue;
      }
      long most = 0;
      for (int i = 0; i < deaths.size(); i++) {
        if (deaths.get(i).program().equals(program)) {
          long from = deaths.get(i).at();
          long to = i + 1 < deaths.size() ? deaths.get(i + 1).at() : Long.MAX_VALUE;
          long twice =
              tally.count(s -> s.again().stream().anyMatch(at -> at - from >= 0 && at < to));
          most = Math.max(most, twice);
        }
      }
      verdict.require(
          most <= WINDOW,
          "%d texts came twice after a death of %s; the window is %d"
              .formatted(most, program, WINDOW));
      System.err.printf(
          "%-10s %6d %14.1f s %14.1f s %18d%n",
          program, seconds.length, seconds[seconds.length / 2], seconds[seconds.length - 1], most);
      figures
          .put(program + "Kills", seconds.length)
          .put(program + "BackSecondsMax", seconds[seconds.length - 1])
          .put(program + "MostTextsTwice", most);
    }
  }
}
