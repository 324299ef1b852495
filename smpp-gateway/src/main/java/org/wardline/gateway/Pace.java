package org.wardline.gateway;

/**
 * How fast a link may send, by contract with the carrier.
 *
 * @param segmentsPerSecond most submit_sm a second; 0 means as fast as the window allows
 * @param textsPerSecondToOneNumber most texts a second to the same number; 0 means no limit. Many
 *     networks take one a second and drop what comes faster
 */
public record Pace(double segmentsPerSecond, double textsPerSecondToOneNumber) {
  static final double MAX_PER_SECOND = 10_000;
  static final Pace UNLIMITED = new Pace(0, 0);

  private static final double NANOS_PER_SECOND = 1e9;

  public Pace {
    if (!isRate(segmentsPerSecond) || !isRate(textsPerSecondToOneNumber)) {
      throw new IllegalArgumentException(
          "A rate must be from 0 (no limit) to " + (int) MAX_PER_SECOND + " a second.");
    }
  }

  private static boolean isRate(double rate) {
    return rate >= 0 && rate <= MAX_PER_SECOND;
  }

  /** The pause between two segments; 0 without a limit. */
  long spacingNanos() {
    return segmentsPerSecond == 0 ? 0 : (long) (NANOS_PER_SECOND / segmentsPerSecond);
  }

  /** The pause between two texts to one number; 0 without a limit. */
  long spacingNanosToOneNumber() {
    return textsPerSecondToOneNumber == 0
        ? 0
        : (long) (NANOS_PER_SECOND / textsPerSecondToOneNumber);
  }
}
