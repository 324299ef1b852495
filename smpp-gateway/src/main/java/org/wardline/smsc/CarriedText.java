package org.wardline.smsc;

import java.time.Instant;
import java.util.List;

/**
 * A whole text as it appears on the patient's phone.
 *
 * @param number of the part that completed it
 * @param parts in reading order; one when the text was not concatenated
 */
public record CarriedText(
    long number,
    Instant arrivedAt,
    String source,
    String destination,
    String text,
    List<CarriedPart> parts) {
  /** Neither text nor numbers. */
  @Override
  public String toString() {
    return "CarriedText[" + number + ", " + parts.size() + " part(s), redacted]";
  }
}
