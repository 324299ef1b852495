package org.wardline.gateway.smpp;

/**
 * A delivery receipt (SMPP 3.4 §5.2.12 and Appendix B).
 *
 * @param messageId as the SMSC wrote it; compare it through {@link MessageIds#normalise}
 * @param errorCode the carrier's own, empty when it gave none
 */
public record ReceiptPdu(String messageId, Status status, String errorCode) {
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
