package org.wardline.gateway.smpp;

import java.io.IOException;
import java.util.Arrays;
import org.jsmpp.SMPPConstant;
import org.jspecify.annotations.Nullable;

/**
 * The SMSC's side: refuses a bind or submit_sm that ends before its fields, and a submit_sm with a
 * TLV too short for its kind (SMPP 3.4 §4.1, §4.4.1). jSMPP throws at them out of its own thread,
 * and the ESME never gets an answer.
 */
final class EsmeOctets implements CappedPduReader.Incoming {
  private static final int RESPONSE = 0x8000_0000;

  /** interface_version, addr_ton and addr_npi of a bind. */
  private static final int VERSION_AND_TYPES_OCTETS = 3;

  interface Refusals {
    /** A response without a body. */
    void refuse(int commandId, int commandStatus, int sequenceNumber) throws IOException;
  }

  private final PendingRequests pending;
  private final Refusals refusals;

  EsmeOctets(PendingRequests pending, Refusals refusals) {
    this.pending = pending;
    this.refusals = refusals;
  }

  @Override
  public byte @Nullable [] take(int commandId, int commandStatus, int sequenceNumber, byte[] pdu)
      throws IOException {
    if (pending.respond(commandId, commandStatus, sequenceNumber, pdu)) {
      return null;
    }
    boolean readable =
        switch (commandId) {
          case SMPPConstant.CID_SUBMIT_SM -> isSubmit(pdu);
          case SMPPConstant.CID_BIND_RECEIVER,
              SMPPConstant.CID_BIND_TRANSMITTER,
              SMPPConstant.CID_BIND_TRANSCEIVER ->
              isBind(pdu);
          default -> true;
        };
    if (!readable) {
      refusals.refuse(commandId | RESPONSE, CommandStatus.INVALID_LENGTH, sequenceNumber);
      return null;
    }
    return pdu;
  }

  /** A submit_sm has the fields of a deliver_sm. What would have to be mended there is refused. */
  private static boolean isSubmit(byte[] pdu) {
    try {
      return Arrays.equals(DeliverOctets.readable(pdu, SMPPConstant.CID_DELIVER_SM), pdu);
    } catch (DeliverOctets.MalformedException e) {
      return false;
    }
  }

  /** system_id, password, system_type, the version, two types, address_range. */
  private static boolean isBind(byte[] pdu) {
    int at = CappedPduReader.MIN_OCTETS;
    for (int string = 0; string < 3; string++) {
      at = InterfaceVersions.afterString(pdu, at);
    }
    at += VERSION_AND_TYPES_OCTETS;
    return at < pdu.length && InterfaceVersions.afterString(pdu, at) <= pdu.length;
  }
}
