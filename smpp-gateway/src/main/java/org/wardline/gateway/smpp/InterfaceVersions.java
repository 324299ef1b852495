package org.wardline.gateway.smpp;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalInt;
import org.jsmpp.SMPPConstant;

/**
 * Rewrites bind PDUs so that jSMPP survives interface versions it has no constant for: it throws
 * inside its own handler, and the bind then hangs until its time-out (design §8, 6). What Wardline
 * sends exists in every version, so nothing is lost.
 */
final class InterfaceVersions {
  private static final int HEADER_OCTETS = CappedPduReader.MIN_OCTETS;
  private static final byte VERSION_3_4 = 0x34;
  private static final int TLV_HEADER_OCTETS = 4;
  private static final int SC_INTERFACE_VERSION = 0x0210;

  private InterfaceVersions() {}

  static byte[] tame(byte[] pdu, int commandId, int commandStatus) {
    return switch (commandId) {
      case SMPPConstant.CID_BIND_RECEIVER,
          SMPPConstant.CID_BIND_TRANSMITTER,
          SMPPConstant.CID_BIND_TRANSCEIVER ->
          withVersion34(pdu);
      case SMPPConstant.CID_BIND_RECEIVER_RESP,
          SMPPConstant.CID_BIND_TRANSMITTER_RESP,
          SMPPConstant.CID_BIND_TRANSCEIVER_RESP ->
          commandStatus == CommandStatus.OK ? withoutBody(pdu) : pdu;
      default -> pdu;
    };
  }

  /** SMPP 3.4 §4.1.1: after system_id, password and system_type comes interface_version. */
  private static byte[] withVersion34(byte[] bind) {
    int at = HEADER_OCTETS;
    for (int field = 0; field < 3; field++) {
      at = afterString(bind, at);
    }
    if (at + 2 < bind.length) {
      bind[at] = VERSION_3_4;
      // addr_ton and addr_npi: jSMPP knows only those in the standard and we use neither.
      bind[at + 1] = 0;
      bind[at + 2] = 0;
    }
    return bind;
  }

  /**
   * SMPP 3.4 §4.1.2: behind system_id is only sc_interface_version. Nobody reads the SMSC's own
   * system_id, and at one that is too long or has no end jSMPP throws: the bind would hang, too.
   */
  private static byte[] withoutBody(byte[] bindResp) {
    byte[] shorter = Arrays.copyOf(Arrays.copyOf(bindResp, HEADER_OCTETS), HEADER_OCTETS + 1);
    ByteBuffer.wrap(shorter).putInt(shorter.length);
    return shorter;
  }

  /**
   * What the peer says it speaks, for example 0x34; empty when it does not say, as 3.3 does not.
   */
  static OptionalInt announced(byte[] bindResp) {
    int at = afterString(bindResp, HEADER_OCTETS);
    while (at + TLV_HEADER_OCTETS < bindResp.length) {
      ByteBuffer tlv = ByteBuffer.wrap(bindResp, at, bindResp.length - at);
      int tag = tlv.getShort() & 0xFFFF;
      int length = tlv.getShort() & 0xFFFF;
      if (tag == SC_INTERFACE_VERSION && length >= 1) {
        return OptionalInt.of(tlv.get() & 0xFF);
      }
      at += TLV_HEADER_OCTETS + length;
    }
    return OptionalInt.empty();
  }

  /** More than the length when the string has no end. */
  static int afterString(byte[] pdu, int from) {
    int at = from;
    while (at < pdu.length && pdu[at] != 0) {
      at++;
    }
    return at + 1;
  }
}
