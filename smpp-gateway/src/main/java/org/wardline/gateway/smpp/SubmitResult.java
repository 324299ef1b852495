package org.wardline.gateway.smpp;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What became of one submit. */
public sealed interface SubmitResult {
  /**
   * @param messageId as the SMSC wrote it; compare through {@link MessageIds}
   * @param latency from the write to the response
   */
  record Accepted(String messageId, Duration latency) implements SubmitResult {}

  /**
   * Certainly not taken.
   *
   * @param commandStatus SMPP 3.4 §5.1.3
   * @param throttled send the same text again, but more slowly
   * @param permanent the same text would be refused again
   * @param meaning for a person
   */
  record Refused(int commandStatus, boolean throttled, boolean permanent, String meaning)
      implements SubmitResult {
    static Refused of(int commandStatus) {
      return new Refused(
          commandStatus,
          CommandStatus.isThrottle(commandStatus),
          CommandStatus.isPermanent(commandStatus),
          CommandStatus.meaning(commandStatus));
    }

    /**
     * The window stayed full until the time-out: nothing was sent. Shaped like a throttle because
     * the right reaction is the same.
     */
    static Refused windowStayedFull() {
      return new Refused(
          CommandStatus.THROTTLED,
          true,
          false,
          "The carrier left all earlier texts unanswered, so this one was not sent");
    }
  }

  /**
   * The session died first.
   *
   * @param written false only when no octet of the PDU can have left; true means perhaps sent
   */
  record ConnectionLost(boolean written) implements SubmitResult {}

  /**
   * Written, and not answered in time: perhaps sent.
   *
   * @param late what the SMSC answers after all: {@link Accepted} with its id, or {@link Refused}.
   *     {@link ConnectionLost} once no answer can come any more. Completed on the thread that reads
   *     the connection, which must go on
   */
  record TimedOut(CompletionStage<SubmitResult> late) implements SubmitResult {
    /** One whose answer cannot be recognized. */
    public TimedOut() {
      this(CompletableFuture.completedFuture(new ConnectionLost(true)));
    }
  }
}
