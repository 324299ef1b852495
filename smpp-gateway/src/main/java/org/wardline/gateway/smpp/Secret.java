package org.wardline.gateway.smpp;

/** A password on its way to the carrier; it can be logged by accident without harm. */
public final class Secret {
  private final char[] value;

  private Secret(char[] value) {
    this.value = value;
  }

  public static Secret of(String value) {
    return new Secret(value.toCharArray());
  }

  /** Only for the place that writes it to the wire or compares it. */
  public String reveal() {
    return new String(value);
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
