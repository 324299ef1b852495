package org.wardline.gateway;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.smpp.MessageIds;
import org.wardline.gateway.smpp.ReceiptDates;
import org.wardline.gateway.smpp.ReceiptPdu;
import org.wardline.jdbc.Tx;
import org.wardline.sms.Reasons;

/** Turns receipts as they came into our own, with the link's words for their codes. */
final class ReceiptWords {
  /**
   * A done date this far from the receipt's arrival is another day in every time zone; nearer ones
   * may only be another zone's, and say nothing.
   */
  private static final Duration SURELY_LATE = Duration.ofHours(15);

  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm", Locale.ROOT);

  private final String link;

  ReceiptWords(String link) {
    this.link = link;
  }

  /** Asks the database only when a receipt has an error code. */
  List<Receipt> read(Tx tx, List<Receipt.Raw> raw) {
    List<String> codes =
        raw.stream()
            .map(one -> code(one.pdu()))
            .filter(code -> !code.isEmpty())
            .distinct()
            .toList();
    Map<String, String> words = codes.isEmpty() ? Map.of() : Reasons.find(tx, link, codes);
    return raw.stream().map(one -> receipt(one, words.get(code(one.pdu())))).toList();
  }

  /** Whether news that is not final says enough to be told. */
  static boolean isWorthTelling(ReceiptPdu pdu) {
    return !code(pdu).isEmpty() || pdu.status() == ReceiptPdu.Status.UNKNOWN;
  }

  /** Empty for "no error". */
  private static String code(ReceiptPdu pdu) {
    String code = CarrierWords.printable(pdu.errorCode());
    boolean none = pdu.status() == ReceiptPdu.Status.DELIVERED;
    return none || code.chars().allMatch(c -> c == '0') ? "" : code;
  }

  private static Receipt receipt(Receipt.Raw raw, @Nullable String reason) {
    ReceiptPdu pdu = raw.pdu();
    String state =
        switch (pdu.status()) {
          case DELIVERED -> Receipt.DELIVERED;
          case EXPIRED -> Receipt.EXPIRED;
          case DELETED, UNDELIVERABLE, REJECTED, SKIPPED -> Receipt.FAILED;
          case SCHEDULED, ENROUTE, ACCEPTED, UNKNOWN -> Receipt.SENT;
        };
    String detail = CarrierWords.ofReceipt(pdu.status(), code(pdu), reason);
    String late = late(pdu.doneDate(), raw.at()).map(CarrierWords::reportedLate).orElse("");
    return new Receipt(
        id(pdu.messageId()), id(pdu.otherId()), state, (detail + " " + late).strip(), raw.at());
  }

  private static String id(String written) {
    return CarrierWords.printable(MessageIds.normalise(written));
  }

  /** The carrier's own day and time, when the receipt is about another day than today. */
  private static Optional<String> late(String doneDate, Instant at) {
    LocalDateTime now = LocalDateTime.ofInstant(at, ZoneOffset.UTC);
    return ReceiptDates.read(doneDate, now)
        .filter(done -> Duration.between(done, now).compareTo(SURELY_LATE) > 0)
        .map(DAY_AND_TIME::format);
  }
}
