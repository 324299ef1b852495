package org.wardline.gateway.smpp;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A delivery receipt (SMPP 3.4 §5.2.12 and Appendix B).
 *
 * @param messageId as the SMSC wrote it; look it up through {@link MessageIds#candidates}
 * @param errorCode the carrier's own, empty when it gave none
 * @param doneAt by the carrier's clock, whose zone a receipt does not say: read as UTC, good for
 *     display only
 */
public record ReceiptPdu(
    String messageId, Status status, String errorCode, @Nullable Instant doneAt) {
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
