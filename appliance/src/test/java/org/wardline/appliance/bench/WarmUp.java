package org.wardline.appliance.bench;

import org.wardline.appliance.RunningWardline;

/**
 * Work before a measurement, until the Java processes have compiled what they need: a server that
 * has run for a day does not pay for that any more, and in the first minute it is half of
 * everything.
 */
final class WarmUp {
  private static final int ROUND_TEXTS = 5_000;
  private static final int MAX_ROUNDS = 12;

  /** Seconds of compiling per 1,000 texts that are little enough. */
  private static final double ENOUGH = 0.1;

  private WarmUp() {}

  interface Round {
    /** Does so many texts and waits for their end. */
    void texts(String name, int count) throws Exception;
  }

  /** Returns how many texts it took. */
  static int run(RunningWardline wardline, Round round) throws Exception {
    System.err.println("warming up …");
    int texts = 0;
    double before = Cost.compilers(wardline);
    for (int i = 0; i < MAX_ROUNDS; i++) {
      round.texts("warm-up-" + i, ROUND_TEXTS);
      texts += ROUND_TEXTS;
      double now = Cost.compilers(wardline);
      double perThousand = (now - before) * 1_000 / ROUND_TEXTS;
      System.err.printf(
          "  %d texts; compiling took %.2f CPU s per 1,000%n", texts, Math.max(0, perThousand));
      if (perThousand < ENOUGH) {
        break;
      }
      before = now;
    }
    return texts;
  }
}
