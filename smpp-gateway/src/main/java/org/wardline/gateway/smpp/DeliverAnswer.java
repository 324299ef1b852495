package org.wardline.gateway.smpp;

/** The SMSC's side: what the ESME answered to a deliver_sm. */
public sealed interface DeliverAnswer {
  record Accepted() implements DeliverAnswer {}

  /**
   * @param commandStatus SMPP 3.4 §5.1.3
   */
  record Refused(int commandStatus) implements DeliverAnswer {}

  /** The session is gone or takes no deliveries; perhaps the ESME has stored it. */
  record Lost() implements DeliverAnswer {}

  record TimedOut() implements DeliverAnswer {}
}
