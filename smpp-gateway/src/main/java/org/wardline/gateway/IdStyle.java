package org.wardline.gateway;

import java.math.BigInteger;
import java.util.Optional;
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
  HEX_IN_RECEIPTS;

  private static final int MAX_DIGITS = 20;

  /** The response's id for a receipt's normalised id; empty when it cannot be one. */
  Optional<String> responseId(String receiptId) {
    return switch (this) {
      case AS_IS -> Optional.of(receiptId);
      case DECIMAL_IN_RECEIPTS -> convert(receiptId, 10, 16);
      case HEX_IN_RECEIPTS -> convert(receiptId, 16, 10);
    };
  }

  /** The receipt's id for a response's normalised id. */
  Optional<String> receiptId(String responseId) {
    return switch (this) {
      case AS_IS -> Optional.of(responseId);
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
