package org.wardline.gateway.smpp;

/**
 * Takes what the SMSC delivers. Called on jSMPP's {@value SmppSession#PDU_PROCESSORS} processor
 * threads, so it may block for a commit; the deliver_sm_resp goes out when it returns. A throw is
 * the same as {@link InboundAnswer#TRY_LATER}.
 *
 * <p>A receipt can arrive before {@link SmppSession#submit} has returned its message id, and while
 * {@link SmppSession#bind} has not returned yet.
 */
public interface SmppInbound {
  InboundAnswer onText(InboundPdu pdu);

  InboundAnswer onReceipt(ReceiptPdu receipt);
}
