package org.wardline.gateway.smpp;

/**
 * A delivery receipt (SMPP 3.4 §5.2.12 and Appendix B).
 *
 * @param messageId as the SMSC wrote it; compare it through {@link MessageIds#normalise}
 * @param otherId the id in the receipt's text when the TLV named another one, else empty
 * @param errorCode the carrier's own, or "network type/code" of its TLV; empty when it gave none
 * @param doneDate digits as the SMSC wrote them, empty when there were none; see {@link
 *     ReceiptDates}
 */
public record ReceiptPdu(
    String messageId, String otherId, Status status, String errorCode, String doneDate) {
  /** A receipt that names one id and no time. */
  public ReceiptPdu(String messageId, Status status, String errorCode) {
    this(messageId, "", status, errorCode, "");
  }

  /** SMPP 3.4 §5.2.28, with SCHEDULED and SKIPPED of 5.0. */
  public enum Status {
    SCHEDULED,
    ENROUTE,
    DELIVERED,
    EXPIRED,
    DELETED,
    UNDELIVERABLE,
    ACCEPTED,
    UNKNOWN,
    REJECTED,
    SKIPPED;

    /** False while another receipt for the same text may follow. */
    public boolean isFinal() {
      return switch (this) {
        case SCHEDULED, ENROUTE, ACCEPTED, UNKNOWN -> false;
        case DELIVERED, EXPIRED, DELETED, UNDELIVERABLE, REJECTED, SKIPPED -> true;
      };
    }
  }
}
