package org.wardline.gateway.smpp;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Message ids as carriers write them. The same id comes in upper case in the response and in lower
 * case in the receipt, with and without leading zeros, and with some carriers in hexadecimal in the
 * response and in decimal in the receipt. Store and compare {@link #normalise}; which base a link's
 * receipts use is the journal's to find out.
 */
public final class MessageIds {
  private MessageIds() {}

  private static final Pattern NOT_PRINTABLE = Pattern.compile("[^!-~]+");

  /** Printable ASCII in lower case, without leading zeros. Idempotent. */
  public static String normalise(String id) {
    // First, or zeros behind a space or a control character would count as inner ones.
    String plain = NOT_PRINTABLE.matcher(id).replaceAll("").toLowerCase(Locale.ROOT);
    int start = 0;
    while (start < plain.length() - 1 && plain.charAt(start) == '0') {
      start++;
    }
    return plain.substring(start);
  }
}
