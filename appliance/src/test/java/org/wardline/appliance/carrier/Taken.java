package org.wardline.appliance.carrier;

/**
 * One segment the carrier took.
 *
 * @param part from 1
 * @param total segments of the text
 * @param at {@link System#nanoTime}
 */
public record Taken(String destination, String words, int part, int total, long at) {
  @Override
  public String toString() {
    return "Taken[redacted]";
  }
}
