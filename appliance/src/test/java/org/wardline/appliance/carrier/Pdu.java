package org.wardline.appliance.carrier;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Octets of SMPP 3.4 PDUs as a carrier writes them. */
public final class Pdu {
  public static final int BIND_TRANSCEIVER = 9;
  public static final int SUBMIT_SM = 4;
  public static final int DELIVER_SM = 5;
  public static final int UNBIND = 6;
  public static final int ENQUIRE_LINK = 0x15;
  public static final int RESPONSE = 0x8000_0000;
  static final int HEADER_OCTETS = 16;
  private static final int INTERNATIONAL_ISDN = 0x0101;
  private static final byte[] NOTHING = {};

  private Pdu() {}

  /** Header and body (SMPP 3.4 §3.2). */
  public static byte[] of(int command, int status, int sequence, byte[] body) {
    return ByteBuffer.allocate(HEADER_OCTETS + body.length)
        .putInt(HEADER_OCTETS + body.length)
        .putInt(command)
        .putInt(status)
        .putInt(sequence)
        .put(body)
        .array();
  }

  /** The body of a deliver_sm (SMPP 3.4 §4.6.1); numbers without their plus. */
  public static byte[] deliver(
      String source, String destination, int esmClass, byte[] shortMessage, byte[] tlvs) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(0); // service_type
    body.writeBytes(address(source));
    body.writeBytes(address(destination));
    body.write(esmClass);
    body.writeBytes(new byte[8]); // protocol_id to data_coding and sm_default_msg_id
    body.write(shortMessage.length);
    body.writeBytes(shortMessage);
    body.writeBytes(tlvs);
    return body.toByteArray();
  }

  public static byte[] deliver(
      String source, String destination, int esmClass, byte[] shortMessage) {
    return deliver(source, destination, esmClass, shortMessage, NOTHING);
  }

  private static byte[] address(String number) {
    byte[] digits = string(number);
    return ByteBuffer.allocate(2 + digits.length)
        .putShort((short) INTERNATIONAL_ISDN)
        .put(digits)
        .array();
  }

  /** With the closing zero. */
  public static byte[] string(String text) {
    return ascii(text + "\0");
  }

  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
