package org.wardline.gateway.smpp;

import java.util.concurrent.CompletionStage;
import org.jsmpp.bean.Command;
import org.jsmpp.extra.ResponseTimeoutException;

/** A submit_sm was not answered in time, and still may be. */
final class UnansweredSubmitException extends ResponseTimeoutException {
  private static final long serialVersionUID = 1L;

  private final transient CompletionStage<Command> response;

  UnansweredSubmitException(ResponseTimeoutException timeout, CompletionStage<Command> response) {
    super(timeout.getMessage(), timeout);
    this.response = response;
  }

  /** The late answer; exceptionally, once none can come any more. */
  CompletionStage<Command> response() {
    return response;
  }
}
