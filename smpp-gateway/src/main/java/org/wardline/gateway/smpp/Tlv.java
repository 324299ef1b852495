package org.wardline.gateway.smpp;

import java.nio.charset.StandardCharsets;

/** An optional parameter (SMPP 3.4 §5.3). */
@SuppressWarnings("ArrayRecordComponent") // wire octets; nobody compares them
public record Tlv(int tag, byte[] value) {
  public static final int RECEIPTED_MESSAGE_ID = 0x001E;
  public static final int USER_MESSAGE_REFERENCE = 0x0204;
  public static final int SAR_MSG_REF_NUM = 0x020C;
  public static final int SAR_TOTAL_SEGMENTS = 0x020E;
  public static final int SAR_SEGMENT_SEQNUM = 0x020F;
  public static final int NETWORK_ERROR_CODE = 0x0423;
  public static final int MESSAGE_PAYLOAD = 0x0424;
  public static final int MESSAGE_STATE = 0x0427;

  /** A C-octet string value. */
  public static Tlv text(int tag, String value) {
    return new Tlv(tag, (value + "\0").getBytes(StandardCharsets.ISO_8859_1));
  }

  public static Tlv octet(int tag, int value) {
    return new Tlv(tag, new byte[] {(byte) value});
  }

  /** The value as a big-endian number of at most four octets. */
  int number() {
    int number = 0;
    for (int i = 0; i < Math.min(value.length, 4); i++) {
      number = (number << 8) | (value[i] & 0xFF);
    }
    return number;
  }

  /** Up to the terminating zero, which some carriers leave out. */
  String string() {
    String all = new String(value, StandardCharsets.ISO_8859_1);
    int end = all.indexOf('\0');
    return end < 0 ? all : all.substring(0, end);
  }

  @Override
  public String toString() {
    return "Tlv[0x%04X, %d octets]".formatted(tag, value.length);
  }
}
