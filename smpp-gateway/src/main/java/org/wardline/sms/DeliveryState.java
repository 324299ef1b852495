package org.wardline.sms;

import java.util.Locale;

/**
 * Where an outgoing text stands. {@link #wireName} is what the database and the REST interface say.
 */
public enum DeliveryState {
  /** Durable and waiting for the link. */
  QUEUED,
  /** Handed to the link; the carrier has not answered yet. */
  SUBMITTING,
  /** The carrier took every segment (submit_sm_resp, SMPP 3.4 §4.4.2). */
  SENT,
  /** The carrier says the phone has it (delivery receipt, SMPP 3.4 appendix B). */
  DELIVERED,
  /** It will not arrive; the history says why. */
  FAILED,
  /** Its time ran out before it could be sent or delivered. */
  EXPIRED,
  /** It may have been sent, and nobody can tell. */
  UNKNOWN,
  /** Withdrawn before it was sent. */
  RECALLED,
  /** An inbound text, stored. */
  RECEIVED;

  /**
   * What a text is after one more report about it. This is the only place that says what may follow
   * what for a message; whoever has several reports folds them in the order they were given.
   *
   * <p>Nothing leads back from an end, but a late receipt may prove a doubtful one wrong. What has
   * not ended takes every report as it comes: a text may well be queued again.
   *
   * <p>Folding the same reports again, in the same order, changes nothing: whoever does not know
   * whether they were applied may apply them once more.
   */
  public DeliveryState after(DeliveryState reported) {
    boolean follows =
        switch (this) {
          case QUEUED, SUBMITTING, SENT, RECEIVED -> true;
          case UNKNOWN -> reported == DELIVERED || reported == FAILED || reported == EXPIRED;
          case FAILED, EXPIRED -> reported == DELIVERED || reported == FAILED;
          case DELIVERED, RECALLED -> false;
        };
    return follows ? reported : this;
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static DeliveryState ofWireName(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
