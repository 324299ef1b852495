package org.wardline.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Takes a fuzzer's octets apart, the first for choices and the rest for content. */
public final class Input {
  private final byte[] octets;
  private int at;

  public Input(byte[] octets) {
    this.octets = octets.clone();
  }

  /** 0–255; 0 when there are none left. */
  public int octet() {
    return at < octets.length ? octets[at++] & 0xFF : 0;
  }

  public boolean flag() {
    return (octet() & 1) == 1;
  }

  /** So many octets, or fewer when fewer are left. */
  public byte[] octets(int count) {
    byte[] some = Arrays.copyOfRange(octets, at, Math.min(octets.length, at + count));
    at += some.length;
    return some;
  }

  public byte[] rest() {
    return octets(octets.length - at);
  }

  /** Latin-1, as addresses and ids arrive. */
  public String latin() {
    return new String(rest(), StandardCharsets.ISO_8859_1);
  }

  /** Any chars at all, halves of pairs and NUL too, where the flag says so; else UTF-8. */
  public String text() {
    if (flag()) {
      byte[] rest = rest();
      StringBuilder chars = new StringBuilder(rest.length / 2);
      for (int i = 0; i + 1 < rest.length; i += 2) {
        chars.append((char) (((rest[i] & 0xFF) << 8) | (rest[i + 1] & 0xFF)));
      }
      return chars.toString();
    }
    return new String(rest(), StandardCharsets.UTF_8);
  }
}
