package org.wardline.smsc;

import java.time.Instant;

/**
 * A text a simulated patient sent.
 *
 * @param number on the same scale as {@link CarriedPart#number}
 */
record PatientText(long number, Instant at, String from, String to, String text, int segments) {
  /** Neither text nor numbers. */
  @Override
  public String toString() {
    return "PatientText[" + number + ", redacted]";
  }
}
