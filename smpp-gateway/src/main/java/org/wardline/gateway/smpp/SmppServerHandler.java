package org.wardline.gateway.smpp;

/** The SMSC's side: what to do with what ESMEs send. */
public interface SmppServerHandler {
  BindDecision onBind(BindAttempt attempt);

  /** After the bind's response was sent. */
  default void onBound(SmppServerSession session) {}

  /**
   * Called in the order in which the PDUs of a session arrived, on one thread per session: must not
   * block, return {@link SubmitDecision.Later} instead.
   */
  SubmitDecision onSubmit(SmppServerSession session, SubmittedPdu pdu);

  default void onClosed(SmppServerSession session) {}
}
