package org.wardline.gateway;

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
  static final String UNKNOWN_TWICE =
      "The carrier's answer was lost twice. It may have arrived; ask the patient before you send it"
          + " again.";
  static final String WITHDRAWN = "Not sent: it was withdrawn while it waited for the carrier.";
  static final String WITHDRAWN_IN_DOUBT =
      "It was withdrawn while it was on its way to the carrier. It may have arrived; it is not sent again.";
  static final String NO_RECEIPT = "The carrier never said what became of it.";

  static final String THROTTLED = "The carrier asked to send more slowly.";
  static final String NO_ANSWER = "The carrier did not answer a text in time.";

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

  static String ofReceipt(ReceiptPdu receipt) {
    String code = printable(receipt.errorCode());
    boolean told = !code.isEmpty() && !code.chars().allMatch(c -> c == '0');
    String suffix = told ? " (carrier's code " + code + ")." : ".";
    return switch (receipt.status()) {
      case DELIVERED -> "";
      case EXPIRED -> "The phone could not be reached before the time ran out" + suffix;
      case DELETED -> "The carrier deleted it before it arrived" + suffix;
      case UNDELIVERABLE ->
          "The carrier could not deliver it; the number may be out of service" + suffix;
      case REJECTED -> "The carrier or the phone's network rejected it" + suffix;
      case SKIPPED -> "The carrier did not try to deliver it" + suffix;
      case SCHEDULED, ENROUTE, ACCEPTED, UNKNOWN -> "On its way" + suffix;
    };
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
