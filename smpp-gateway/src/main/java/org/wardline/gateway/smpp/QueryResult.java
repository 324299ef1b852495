package org.wardline.gateway.smpp;

import java.time.Instant;
import java.util.Optional;

/** What a carrier says about one text it took earlier (query_sm, SMPP 3.4 §4.8). */
public sealed interface QueryResult {
  /**
   * @param status where the text stands now
   * @param finalDate since when, when the text has come to its end and the carrier says it
   * @param errorCode the network's or the carrier's own; 0 is none
   */
  record Known(ReceiptPdu.Status status, Optional<Instant> finalDate, int errorCode)
      implements QueryResult {}

  /**
   * The carrier does not say: it does not know the id any more, or does not answer queries.
   *
   * @param commandStatus SMPP 3.4 §5.1.3
   */
  record Refused(int commandStatus, String meaning) implements QueryResult {
    /** Whether the carrier knows no query_sm at all. */
    public boolean unknownCommand() {
      return commandStatus == CommandStatus.INVALID_COMMAND_ID;
    }
  }

  /** No answer in time, or no session. Asking again does no harm. */
  record Unanswered() implements QueryResult {}
}
