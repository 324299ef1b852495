package org.wardline.gateway.smpp;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Message ids as carriers write them. The same id comes in upper case in the response and in lower
 * case in the receipt, with and without leading zeros, and with some carriers in hexadecimal in the
 * response and in decimal in the receipt. Store {@link #normalise}; look a receipt up under {@link
 * #candidates}, in that order.
 */
public final class MessageIds {
  private static final int HEX = 16;
  private static final int DECIMAL = 10;

  /** No carrier counts further; longer ids are opaque strings. */
  private static final int MAX_NUMBER_DIGITS = 20;

  private MessageIds() {}

  /** Trimmed, lower case, without leading zeros. Idempotent. */
  public static String normalise(String id) {
    String plain = id.strip().toLowerCase(Locale.ROOT);
    int start = 0;
    while (start < plain.length() - 1 && plain.charAt(start) == '0') {
      start++;
    }
    return plain.substring(start);
  }

  /**
   * The normalised id itself, then the same number in hexadecimal and in decimal if it can be read
   * so. "305419896" gives also "12345678" (it is 0x12345678) and back. An id of digits only can be
   * read both ways, so a later candidate counts only when the earlier ones match nothing.
   */
  public static List<String> candidates(String id) {
    String plain = normalise(id);
    List<String> found = new ArrayList<>(3);
    found.add(plain);
    addOtherBase(found, plain, DECIMAL, HEX);
    addOtherBase(found, plain, HEX, DECIMAL);
    return List.copyOf(found);
  }

  private static void addOtherBase(List<String> found, String id, int from, int to) {
    if (id.isEmpty() || id.length() > MAX_NUMBER_DIGITS) {
      return;
    }
    for (int i = 0; i < id.length(); i++) {
      if (id.charAt(i) > 'f' || Character.digit(id.charAt(i), from) < 0) {
        return;
      }
    }
    String other = new BigInteger(id, from).toString(to);
    if (!found.contains(other)) {
      found.add(other);
    }
  }
}
