package org.wardline.gateway;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt to send a text came to.
 *
 * @param total segments of the whole text
 * @param accepted those the carrier took in this attempt, in order
 */
record Attempt(ClaimedText text, int total, List<AcceptedSegment> accepted, Outcome outcome) {

  /**
   * @param smscId the carrier's id, normalised
   * @param givenId the same as the carrier wrote it, for asking the carrier about it
   * @param source the practice's number it left from; the carrier is asked with it too
   * @param claimedAt when the attempt began that sent it, which may be an earlier one: a receipt
   *     from before is another text's
   */
  record AcceptedSegment(
      int number, String smscId, String givenId, String source, Instant claimedAt, Instant at) {
    /** As in {@code sms.segment.given_id}: null when it is the normalised one. */
    @Nullable String storedGivenId() {
      return givenId.equals(smscId) ? null : givenId;
    }
  }

  sealed interface Outcome {
    /** The carrier has every segment. */
    record Sent() implements Outcome {}

    /** It will not be taken; {@code why} is for people. */
    record Failed(String why, Instant at) implements Outcome {}

    /** Its time ran out before it was sent. */
    record Expired(Instant at) implements Outcome {}

    /** Its time ran out, or it was refused, but an earlier attempt may have reached the carrier. */
    record Doubtful(String why, Instant at) implements Outcome {}

    /** Back to the queue. The rest of the text is known not to have left. */
    record NotSent() implements Outcome {}

    /** Back to the queue once, marked: the answer was lost, the carrier may have it. */
    record MaybeSent() implements Outcome {}
  }

  /** True when the row leaves the queue for good. */
  boolean isSettled() {
    return switch (outcome) {
      case Outcome.Sent sent -> true;
      case Outcome.Failed failed -> true;
      case Outcome.Expired expired -> true;
      case Outcome.Doubtful doubtful -> true;
      case Outcome.NotSent notSent -> false;
      case Outcome.MaybeSent maybeSent -> false;
    };
  }
}
