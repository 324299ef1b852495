package org.wardline.gateway.smpp;

import java.util.concurrent.CompletionStage;

/** The SMSC's side: what to answer to a submit_sm. */
public sealed interface SubmitDecision {
  record Accept(String messageId) implements SubmitDecision {}

  /**
   * @param commandStatus SMPP 3.4 §5.1.3
   */
  record Refuse(int commandStatus) implements SubmitDecision {}

  /** No answer ever, as a stuck carrier does. */
  record Silence() implements SubmitDecision {}

  /** The answer follows; other PDUs of the session are handled meanwhile. */
  record Later(CompletionStage<SubmitDecision> decision) implements SubmitDecision {}
}
