package org.wardline.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Runs seeds of the simulation: {@code ./dev simulate [--seeds N] [--from N] [--seed N]}. */
final class Simulate {
  private static final long USUAL_SEEDS = 1_000;
  private static final int MAX_FAILURES = 5;
  private static final int TELL_EVERY = 500;

  private Simulate() {}

  /**
   * What a seed came to.
   *
   * @param why the promise that was broken, or null when all were kept
   */
  record Run(long seed, @Nullable Throwable why, Trace trace) {
    /** For the one who looks into it: the whole story, what broke, and how to see it again. */
    String report() {
      return "%s%n%nSeed %d: %s%nReplay it: ./dev simulate --seed %d"
          .formatted(trace, seed, why == null ? "every promise was kept" : why, seed);
    }
  }

  static Run run(SimulationGround ground, long seed) {
    Simulation simulation = new Simulation(ground, seed);
    try {
      simulation.run();
      return new Run(seed, null, simulation.trace());
    } catch (RuntimeException | AssertionError e) {
      return new Run(seed, e, simulation.trace());
    }
  }

  /** Failures are what is looked for: the gateway's own words about them would drown the report. */
  static void silence() {
    level(Level.OFF);
  }

  static void loud() {
    level(null);
  }

  private static void level(@Nullable Level level) {
    if (LoggerFactory.getLogger("org.wardline") instanceof Logger logger) {
      logger.setLevel(level);
    }
  }

  public static void main(String[] args) throws SQLException {
    long from = 1;
    long seeds = USUAL_SEEDS;
    boolean one = false;
    for (int i = 0; i + 1 < args.length; i += 2) {
      long value = Long.parseLong(args[i + 1]);
      switch (args[i]) {
        case "--seeds" -> seeds = value;
        case "--from" -> from = value;
        case "--seed" -> {
          from = value;
          seeds = 1;
          one = true;
        }
        default -> throw new IllegalArgumentException(args[i] + " is not known");
      }
    }
    silence();
    List<Run> failures = new ArrayList<>();
    long began = System.nanoTime();
    try (SimulationGround ground = SimulationGround.open()) {
      for (long seed = from; seed < from + seeds && failures.size() < MAX_FAILURES; seed++) {
        Run run = run(ground, seed);
        if (one) {
          System.out.println(run.report());
          System.out.println("Trace " + run.trace().hash());
        }
        if (run.why() != null) {
          System.out.println("Seed " + seed + ": " + run.why());
          failures.add(run);
        }
        if ((seed - from + 1) % TELL_EVERY == 0) {
          System.out.println(seed - from + 1 + " seeds");
        }
      }
    }
    if (!failures.isEmpty() && !one) {
      System.out.println(failures.getFirst().report());
      failures.forEach(run -> System.out.println("Seed " + run.seed() + ": " + run.why()));
    }
    System.out.printf(
        "%d of at most %d seeds failed, %d s%n",
        failures.size(), seeds, Duration.ofNanos(System.nanoTime() - began).toSeconds());
    System.exit(failures.isEmpty() ? 0 : 1);
  }
}
