package org.wardline.gateway;

import java.util.SortedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.smpp.ReceiptPdu;
import org.wardline.gateway.smpp.SubmitResult;

/** What happened, in words for the people of a practice, and what they can do. */
final class CarrierWords {
  static final String EXPIRED =
      "Its time ran out before it could be sent, so it was not sent. Send it again if it still matters.";
  static final String EXPIRED_AFTER_DOUBT =
      "The carrier may have taken it when the link broke; its time ran out before that was clear."
          + " Ask the patient before you send it again.";
  static final String REFUSED_AFTER_DOUBT =
      "The carrier may have taken it when the link broke; it refused to take it a second time. Ask"
          + " the patient before you send it again.";
  static final String AGAIN =
      "The link broke before the carrier answered. It is sent once more and may arrive twice.";
  static final String AGAIN_AFTER_STOP =
      "The gateway stopped before the carrier answered. It is sent once more and may arrive twice.";
  static final String UNKNOWN_ONCE =
      "The carrier's answer was lost. It may have arrived; this line's texts are not sent again by"
          + " themselves. Ask the patient, or send it again.";
  static final String UNKNOWN_AND_NO_ID =
      "The carrier's answer was lost, and the carrier cannot be asked about a text without it. It"
          + " may have arrived; this line's texts are not sent again by themselves. Ask the patient,"
          + " or send it again.";
  static final String ANSWERED_LATE =
      "The carrier's answer came late: it had taken the text. It is not sent again.";
  static final String UNKNOWN_TWICE =
      "The carrier's answer was lost twice. It may have arrived; ask the patient before you send it"
          + " again.";
  static final String WITHDRAWN = "Not sent: it was withdrawn while it waited for the carrier.";
  static final String WITHDRAWN_IN_DOUBT =
      "It was withdrawn while it was on its way to the carrier. It may have arrived; it is not sent again.";
  static final String NO_RECEIPT = "The carrier never said what became of it.";

  static final String THROTTLED = "The carrier asked to send more slowly.";
  static final String NO_ANSWER = "The carrier did not answer a text in time.";

  /** The number of parts that arrived and of all are put in by SQL's format(). */
  static final String NO_RECEIPT_FOR_SOME =
      "The carrier said that %s of its %s parts arrived, and never what became of the rest.";

  /** Behind what a carrier said of a text when it was asked. */
  static final String ASKED = "The carrier had sent no receipt and said so when it was asked.";

  static final String DELIVERED_AFTER_ALL =
      "It arrived after all: the carrier had first reported otherwise.";

  static final String PERHAPS_A_REPEAT =
      "Perhaps a repeat: the link to the carrier broke after the same words came from this number.";

  private static final int MAX_CODE_CHARS = 32;

  private CarrierWords() {}

  static String ofRefusal(SubmitResult.Refused refused, int segment, int total) {
    String part = total == 1 ? "" : " (part " + segment + " of " + total + ")";
    String advice =
        switch (refused.commandStatus()) {
          case 0x0B, 0x50, 0x51 -> "Check the patient's number.";
          case 0x0A, 0x48, 0x49 ->
              "Ask the carrier whether this account may send from the line's number.";
          default -> "Ask the carrier, naming the code 0x%08X.".formatted(refused.commandStatus());
        };
    return refused.meaning() + part + ". It was not sent. " + advice;
  }

  /** For the link's page, without advice about one text. */
  static String ofRefusalForOperators(SubmitResult.Refused refused) {
    return "The carrier refused a text: " + refused.meaning() + ".";
  }

  /**
   * @param code empty when the carrier gave none
   * @param reason the link's words for the code, which say more than the status
   */
  static String ofReceipt(ReceiptPdu.Status status, String code, @Nullable String reason) {
    String suffix = code.isEmpty() ? "" : " (carrier's code " + code + ")";
    String words =
        reason == null
            ? switch (status) {
              case DELIVERED -> "";
              case EXPIRED -> "The phone could not be reached before the time ran out";
              case DELETED -> "The carrier deleted it before it arrived";
              case UNDELIVERABLE ->
                  "The carrier could not deliver it; the number may be out of service";
              case REJECTED -> "The carrier or the phone's network rejected it";
              case SKIPPED -> "The carrier did not try to deliver it";
              case SCHEDULED, ENROUTE, ACCEPTED -> "The carrier is still trying";
              case UNKNOWN -> "The carrier does not know what became of it";
            }
            : withoutFullStop(reason);
    String told =
        switch (status) {
          case SCHEDULED, ENROUTE, ACCEPTED ->
              reason == null ? words : "The carrier is still trying. " + words;
          case DELIVERED, EXPIRED, DELETED, UNDELIVERABLE, REJECTED, SKIPPED, UNKNOWN -> words;
        };
    return told.isEmpty() ? "" : told + suffix + ".";
  }

  private static String withoutFullStop(String reason) {
    return reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason;
  }

  /** With the carrier's own day and time, whose zone nobody knows. */
  static String reportedLate(String carriersTime) {
    return "Reported late: by the carrier's clock it happened on " + carriersTime + ".";
  }

  /** Of a text of {@code total} parts, what became of some. */
  static String ofParts(SortedSet<Integer> numbers, int total, String detail) {
    String which =
        numbers.size() == 1
            ? "Part " + numbers.first()
            : "Parts "
                + numbers.headSet(numbers.last()).stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(", "))
                + " and "
                + numbers.last();
    return (which + " of " + total + ": " + detail).strip();
  }

  /** For a delivered text of which the carrier says something else later. */
  static String contradicted(String later) {
    return "The carrier reported it delivered and then something else: " + later;
  }

  /** What a carrier wrote, without anything a database or a screen would stumble over. */
  static String printable(String carriers) {
    StringBuilder kept = new StringBuilder();
    carriers
        .strip()
        .chars()
        .filter(c -> c > ' ' && c < 0x7F)
        .limit(MAX_CODE_CHARS * 2L)
        .forEach(c -> kept.append((char) c));
    return kept.toString();
  }
}
