package org.wardline.gateway.smpp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jsmpp.SMPPConstant;
import org.jsmpp.bean.OptionalParameters;

/**
 * Looks through a deliver_sm or data_sm (SMPP 3.4 §4.6.1, §4.7.1) before jSMPP takes it apart.
 * jSMPP throws out of its own thread at a TLV that is too short, and the SMSC never gets an answer;
 * it refuses a text for a date that nobody reads, and for the 255 octets that 5.0 allows. What can
 * be read is rewritten so that it goes through.
 */
final class DeliverOctets {
  private static final int HEADER_OCTETS = CappedPduReader.MIN_OCTETS;
  private static final int TLV_HEADER_OCTETS = 4;

  /** SMPP 3.4 §7.1.1: a time is empty or has sixteen characters. */
  private static final int TIME_CHARS = 16;

  /** Types and numbers of both addresses lie before esm_class and what follows it. */
  private static final int OCTETS_AFTER_ADDRESSES = 3;

  /**
   * jSMPP takes the length of a TLV for a signed number. A message_payload that is longer is cut
   * here, to whole characters of UTF-16 too: three times as much as is ever shown of a text.
   */
  static final int MAX_TLV_OCTETS = Short.MAX_VALUE - 1;

  private final byte[] pdu;
  private final ByteArrayOutputStream rewritten;
  private int at = HEADER_OCTETS;
  private boolean changed;
  private byte[] movedText = {};

  /** The PDU ends before its mandatory fields do. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException() {
      super("the PDU is shorter than its fields");
    }
  }

  private DeliverOctets(byte[] pdu) {
    this.pdu = pdu;
    this.rewritten = new ByteArrayOutputStream(pdu.length + TLV_HEADER_OCTETS);
    rewritten.write(pdu, 0, HEADER_OCTETS);
  }

  /** The same PDU, or one that jSMPP can read. */
  static byte[] readable(byte[] pdu, int commandId) throws MalformedException {
    DeliverOctets octets = new DeliverOctets(pdu);
    octets.addresses();
    if (commandId == SMPPConstant.CID_DELIVER_SM) {
      octets.deliverFields();
    } else {
      octets.keep(OCTETS_AFTER_ADDRESSES);
    }
    octets.tlvs();
    return octets.changed ? octets.whole() : pdu;
  }

  private void addresses() throws MalformedException {
    keepString();
    for (int address = 0; address < 2; address++) {
      keep(2);
      keepString();
    }
  }

  private void deliverFields() throws MalformedException {
    // esm_class, protocol_id, priority_flag
    keep(OCTETS_AFTER_ADDRESSES);
    keepTime();
    keepTime();
    // registered_delivery, replace_if_present_flag, data_coding, sm_default_msg_id
    keep(4);
    require(1);
    int length = pdu[at] & 0xFF;
    if (length > SubmitPdu.Content.MAX_SHORT_MESSAGE_OCTETS) {
      at++;
      require(length);
      movedText = Arrays.copyOfRange(pdu, at, at + length);
      at += length;
      rewritten.write(0);
      changed = true;
    } else {
      keep(1 + length);
    }
  }

  private void tlvs() {
    // First, because the first message_payload counts, and short_message comes before any.
    if (movedText.length > 0) {
      write((short) Tlv.MESSAGE_PAYLOAD, movedText);
    }
    while (at + TLV_HEADER_OCTETS <= pdu.length) {
      ByteBuffer header = ByteBuffer.wrap(pdu, at, TLV_HEADER_OCTETS);
      short tag = header.getShort();
      int length = header.getShort() & 0xFFFF;
      int start = at + TLV_HEADER_OCTETS;
      if (start + length > pdu.length) {
        break;
      }
      byte[] value = Arrays.copyOfRange(pdu, start, start + length);
      if (readable(tag, value)) {
        write(tag, value);
      } else {
        changed = true;
        writeMended(tag, value);
      }
      at = start + length;
    }
    // Padding, or a TLV that was cut off.
    changed |= at < pdu.length;
  }

  /** jSMPP wants two octets of a number that some send in one; what it cannot read at all goes. */
  private void writeMended(short tag, byte[] value) {
    if (value.length > MAX_TLV_OCTETS && tag == Tlv.MESSAGE_PAYLOAD) {
      write(tag, Arrays.copyOf(value, MAX_TLV_OCTETS));
    } else if (value.length == 1) {
      byte[] wider = {0, value[0]};
      if (readable(tag, wider)) {
        write(tag, wider);
      }
    }
  }

  private static boolean readable(short tag, byte[] value) {
    if (value.length > MAX_TLV_OCTETS) {
      return false;
    }
    try {
      return OptionalParameters.deserialize(tag, value) != null;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private void write(short tag, byte[] value) {
    byte[] header =
        ByteBuffer.allocate(TLV_HEADER_OCTETS).putShort(tag).putShort((short) value.length).array();
    rewritten.writeBytes(header);
    rewritten.writeBytes(value);
  }

  private void keepString() throws MalformedException {
    keep(stringLength() + 1);
  }

  private void keepTime() throws MalformedException {
    int length = stringLength();
    if (length == 0 || length == TIME_CHARS) {
      keep(length + 1);
    } else {
      at += length + 1;
      rewritten.write(0);
      changed = true;
    }
  }

  private int stringLength() throws MalformedException {
    int end = at;
    while (end < pdu.length && pdu[end] != 0) {
      end++;
    }
    if (end == pdu.length) {
      throw new MalformedException();
    }
    return end - at;
  }

  private void keep(int octets) throws MalformedException {
    require(octets);
    rewritten.write(pdu, at, octets);
    at += octets;
  }

  private void require(int octets) throws MalformedException {
    if (at + octets > pdu.length) {
      throw new MalformedException();
    }
  }

  private byte[] whole() {
    byte[] whole = rewritten.toByteArray();
    ByteBuffer.wrap(whole).putInt(whole.length);
    return whole;
  }
}
