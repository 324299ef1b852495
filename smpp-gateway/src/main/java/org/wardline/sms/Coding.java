package org.wardline.sms;

import java.nio.charset.StandardCharsets;

/**
 * One way to write a text on the air: which characters, in how many units each, in which octets.
 */
sealed interface Coding permits Gsm7, Coding.Latin1, Coding.Utf16 {
  byte[] NO_OCTETS = {};

  SmsEncoding encoding();

  /** Units this UTF-16 unit takes, or 0 when it cannot be written. */
  int cost(char c);

  /** Every character must have a {@link #cost}. */
  byte[] encode(String part);

  /** The information elements a receiver needs to read it; usually none. */
  default byte[] announcement() {
    return NO_OCTETS;
  }

  /** How many units fit into so many octets of user data. */
  int unitsIn(int octets);

  /** What the whole text takes, or -1 when it cannot be written. */
  default int costOf(String text) {
    int total = 0;
    for (int i = 0; i < text.length(); i++) {
      int cost = cost(text.charAt(i));
      if (cost == 0) {
        return -1;
      }
      total += cost;
    }
    return total;
  }

  /** Where the next piece of text that a cut must not tear ends. */
  default int endOfPiece(String text, int from) {
    return from + 1;
  }

  /** ISO 8859-1, one octet a character. */
  record Latin1() implements Coding {
    static final Latin1 CODING = new Latin1();

    private static final char LAST = 'ÿ';

    @Override
    public SmsEncoding encoding() {
      return SmsEncoding.LATIN1;
    }

    @Override
    public int cost(char c) {
      return c <= LAST ? 1 : 0;
    }

    @Override
    public byte[] encode(String part) {
      return part.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public int unitsIn(int octets) {
      return octets;
    }
  }

  /** UTF-16 big endian; writes everything, a lone surrogate too. */
  record Utf16() implements Coding {
    static final Utf16 CODING = new Utf16();

    @Override
    public SmsEncoding encoding() {
      return SmsEncoding.UCS2;
    }

    @Override
    public int cost(char c) {
      return 1;
    }

    /** Unit by unit: the JDK's encoder would replace a lone surrogate, and the count be off. */
    @Override
    public byte[] encode(String part) {
      byte[] out = new byte[part.length() * 2];
      for (int i = 0; i < part.length(); i++) {
        out[2 * i] = (byte) (part.charAt(i) >> 8);
        out[2 * i + 1] = (byte) part.charAt(i);
      }
      return out;
    }

    @Override
    public int unitsIn(int octets) {
      return octets / 2;
    }

    @Override
    public int endOfPiece(String text, int from) {
      return Clusters.end(text, from);
    }
  }
}
