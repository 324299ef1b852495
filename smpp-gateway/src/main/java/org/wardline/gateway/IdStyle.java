package org.wardline.gateway;

import java.math.BigInteger;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardline.gateway.smpp.MessageIds;

/**
 * How a carrier's receipts write the id its responses gave. Reading every id every way at once
 * would match the wrong text ("16" is also hexadecimal for 22), so a link uses one style at a time
 * and changes it only when receipts that stayed unmatched fit another.
 */
enum IdStyle {
  /** The same in both. */
  AS_IS,
  /** Decimal in receipts, hexadecimal in responses. */
  DECIMAL_IN_RECEIPTS,
  /** Hexadecimal in receipts, decimal in responses. */
  HEX_IN_RECEIPTS,
  /**
   * The response's id with something before or after it, set off by a sign ({@code 4711-1}, {@code
   * smsc2:4711}), or with dashes in one of the two only. Never a link's habit: such an id is
   * recognised by its look.
   */
  DECORATED;

  private static final int MAX_DIGITS = 20;

  /** Shorter pieces of a decorated id would fit too much. */
  private static final int MIN_PIECE_CHARS = 6;

  private static final Pattern SIGNS = Pattern.compile("[^a-z0-9]+");
  private static final Pattern PLAIN_UUID =
      Pattern.compile("([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})");

  /** Whether a link can be said to write its ids so. */
  boolean isHabit() {
    return switch (this) {
      case AS_IS, DECIMAL_IN_RECEIPTS, HEX_IN_RECEIPTS -> true;
      case DECORATED -> false;
    };
  }

  /** Every id a response may have had for a receipt's normalised id. */
  List<String> responseIds(String receiptId) {
    return switch (this) {
      case AS_IS, DECIMAL_IN_RECEIPTS, HEX_IN_RECEIPTS ->
          receiptId.isEmpty() ? List.of() : responseId(receiptId).stream().toList();
      case DECORATED -> undecorated(receiptId);
    };
  }

  private static List<String> undecorated(String receiptId) {
    Set<String> ids = new LinkedHashSet<>();
    String[] pieces = SIGNS.split(receiptId, -1);
    if (pieces.length > 1) {
      // The longest run of pieces from either end, so that "a-b-1" is tried as "a-b" and "b-1" too.
      Matcher sign = SIGNS.matcher(receiptId);
      while (sign.find()) {
        ids.add(receiptId.substring(0, sign.start()));
        ids.add(receiptId.substring(sign.end()));
      }
      ids.addAll(List.of(pieces));
      ids.add(String.join("", pieces));
    }
    // Normalising has taken leading zeros away.
    Matcher uuid = PLAIN_UUID.matcher("0".repeat(Math.max(0, 32 - receiptId.length())) + receiptId);
    if (receiptId.length() > 24 && uuid.matches()) {
      ids.add(uuid.replaceAll("$1-$2-$3-$4-$5"));
    }
    return ids.stream()
        .map(MessageIds::normalise)
        .filter(id -> id.length() >= MIN_PIECE_CHARS)
        .distinct()
        .toList();
  }

  /** The response's id for a receipt's normalised id; empty when it cannot be one. */
  Optional<String> responseId(String receiptId) {
    return switch (this) {
      case AS_IS, DECORATED -> Optional.of(receiptId);
      case DECIMAL_IN_RECEIPTS -> convert(receiptId, 10, 16);
      case HEX_IN_RECEIPTS -> convert(receiptId, 16, 10);
    };
  }

  /** The receipt's id for a response's normalised id. */
  Optional<String> receiptId(String responseId) {
    return switch (this) {
      case AS_IS, DECORATED -> Optional.of(responseId);
      case DECIMAL_IN_RECEIPTS -> convert(responseId, 16, 10);
      case HEX_IN_RECEIPTS -> convert(responseId, 10, 16);
    };
  }

  private static Optional<String> convert(String id, int from, int to) {
    String digits = from == 10 ? "[0-9]{1," + MAX_DIGITS + "}" : "[0-9a-f]{1," + MAX_DIGITS + "}";
    return id.matches(digits)
        ? Optional.of(MessageIds.normalise(new BigInteger(id, from).toString(to)))
        : Optional.empty();
  }
}
