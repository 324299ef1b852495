package org.wardline.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.wardline.gateway.smpp.SubmitPdu;
import org.wardline.gateway.smpp.Validity;
import org.wardline.sms.SmsFormat;

/**
 * How a link says its texts on the wire.
 *
 * @param format alphabet and concatenation; empty follows the text's own line, as the composer
 *     counted
 * @param validity whether and how the carrier is told how long to try
 * @param receipts which receipts are asked for
 * @param userMessageReference send the TLV of SMPP 3.4 §5.3.2.17
 */
public record Wording(
    Optional<SmsFormat> format,
    ValidityPeriod validity,
    SubmitPdu.Receipt receipts,
    boolean userMessageReference) {

  /**
   * SMPP 3.4 §5.2.16. Without it an expired text may still arrive, from the carrier's own queue.
   */
  public enum ValidityPeriod {
    /** What nearly all carriers take. */
    RELATIVE,
    /** For devices that do not know relative time. */
    ABSOLUTE,
    /** For devices that know neither. */
    NONE
  }

  static final Wording USUAL =
      new Wording(Optional.empty(), ValidityPeriod.RELATIVE, SubmitPdu.Receipt.FINAL, false);

  /** Whether no receipt means that something is missing. */
  boolean asksForEveryReceipt() {
    return receipts == SubmitPdu.Receipt.FINAL;
  }

  /** For a text that may leave until {@code expiresAt}. */
  Validity until(Instant expiresAt, Instant now) {
    Duration left = Duration.between(now, expiresAt);
    if (!left.isPositive()) {
      return new Validity.CarriersOwn();
    }
    return switch (validity) {
      case RELATIVE -> new Validity.For(left);
      case ABSOLUTE -> new Validity.Until(expiresAt);
      case NONE -> new Validity.CarriersOwn();
    };
  }
}
