package org.wardline.sms;

import java.util.Arrays;

/**
 * The GSM 7 bit default alphabet and its extension table (3GPP TS 23.038 §6.2.1), one septet per
 * octet: the form in which SMPP carriers expect data_coding 0.
 */
final class Gsm7 {
  static final int ESCAPE = 0x1B;

  /** Shown for an octet outside the table, as phones do. */
  private static final char UNREADABLE = '\uFFFD';

  private static final int NOT_IN_TABLE = -1;

  /** Indexed by septet. 0x1B is the escape and decodes to a space when it stands alone. */
  private static final String DEFAULT =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ"
          + " !\"#¤%&'()*+,-./0123456789:;<=>?"
          + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
          + "¿abcdefghijklmnopqrstuvwxyzäöñüà";

  private static final String EXTENDED = "\f^{}\\[~]|€";
  private static final byte[] EXTENDED_SEPTETS = {
    0x0A, 0x14, 0x28, 0x29, 0x2F, 0x3C, 0x3D, 0x3E, 0x40, 0x65
  };

  /** Septet of every BMP character: below 0x80 the default table, at or above it the extension. */
  private static final short[] SEPTET_OF = septets();

  private static final int EXTENSION_FLAG = 0x80;

  private Gsm7() {}

  private static short[] septets() {
    short[] table = new short[Character.MAX_VALUE + 1];
    Arrays.fill(table, (short) NOT_IN_TABLE);
    for (int i = 0; i < DEFAULT.length(); i++) {
      if (i != ESCAPE) {
        table[DEFAULT.charAt(i)] = (short) i;
      }
    }
    for (int i = 0; i < EXTENDED.length(); i++) {
      table[EXTENDED.charAt(i)] = (short) (EXTENDED_SEPTETS[i] | EXTENSION_FLAG);
    }
    return table;
  }

  /** Septets this character takes: 1, or 2 with its escape; 0 when GSM 7 bit cannot write it. */
  static int cost(char c) {
    int septet = SEPTET_OF[c];
    if (septet == NOT_IN_TABLE) {
      return 0;
    }
    return (septet & EXTENSION_FLAG) == 0 ? 1 : 2;
  }

  /** Every character must have a {@link #cost}. */
  static byte[] encode(String text) {
    byte[] out = new byte[text.length() * 2];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      int septet = SEPTET_OF[text.charAt(i)];
      if (septet == NOT_IN_TABLE) {
        throw new IllegalArgumentException("character " + i + " is not in the GSM 7 bit alphabet");
      }
      if ((septet & EXTENSION_FLAG) != 0) {
        out[length++] = ESCAPE;
      }
      out[length++] = (byte) (septet & 0x7F);
    }
    return Arrays.copyOf(out, length);
  }

  /**
   * Never throws. An unknown escape shows the default table's character, as §6.2.1.1 asks of
   * receivers; an escape at the very end is dropped.
   */
  static String decode(byte[] septets) {
    StringBuilder text = new StringBuilder(septets.length);
    for (int i = 0; i < septets.length; i++) {
      int septet = septets[i] & 0xFF;
      if (septet == ESCAPE) {
        i++;
        if (i < septets.length) {
          text.append(extended(septets[i] & 0xFF));
        }
      } else {
        text.append(plain(septet));
      }
    }
    return text.toString();
  }

  private static char extended(int septet) {
    for (int i = 0; i < EXTENDED_SEPTETS.length; i++) {
      if (EXTENDED_SEPTETS[i] == septet) {
        return EXTENDED.charAt(i);
      }
    }
    return septet == ESCAPE ? ' ' : plain(septet);
  }

  private static char plain(int septet) {
    return septet < DEFAULT.length() ? DEFAULT.charAt(septet) : UNREADABLE;
  }
}
