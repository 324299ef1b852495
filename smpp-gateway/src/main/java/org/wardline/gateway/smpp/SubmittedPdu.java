package org.wardline.gateway.smpp;

/**
 * The SMSC's side: a submit_sm that arrived (SMPP 3.4 §4.4.1).
 *
 * @param source with + when international
 * @param destination likewise
 * @param shortMessage with its user data header if {@code udhi}
 * @param receiptRequested registered_delivery asks for a receipt (§5.2.17)
 * @param validityPeriod as it stands in the PDU, empty when absent
 */
@SuppressWarnings("ArrayRecordComponent") // wire octets; nobody compares them
public record SubmittedPdu(
    String source,
    String destination,
    int esmClass,
    int dataCoding,
    byte[] shortMessage,
    boolean udhi,
    boolean receiptRequested,
    String validityPeriod) {
  /** Neither text nor numbers. */
  @Override
  public String toString() {
    return "SubmittedPdu[redacted]";
  }
}
