package org.wardline.gateway.smpp;

import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.TypeOfNumber;

/**
 * An address with the TON and NPI its look implies (SMPP 3.4 §5.2.5, §5.2.6): {@code +…} or eleven
 * digits and more is international E.164; three to eight digits is a short code, network specific;
 * nine or ten digits is a national number; letters make an alphanumeric sender.
 *
 * @param value as it stands in the PDU, without +
 */
record Address(TypeOfNumber ton, NumberingPlanIndicator npi, String value) {
  private static final int MIN_INTERNATIONAL_DIGITS = 11;
  private static final int MAX_SHORT_CODE_DIGITS = 8;

  /** SMPP 3.4 §4.4.1: 21 octets with the terminating zero. */
  private static final int MAX_CHARS = 20;

  static Address of(String written) {
    boolean plus = written.startsWith("+");
    String value = plus ? written.substring(1) : written;
    if (value.length() > MAX_CHARS) {
      throw new IllegalArgumentException("An address has at most " + MAX_CHARS + " characters.");
    }
    if (!isDigits(value)) {
      return new Address(TypeOfNumber.ALPHANUMERIC, NumberingPlanIndicator.UNKNOWN, value);
    }
    if (plus || value.length() >= MIN_INTERNATIONAL_DIGITS) {
      return new Address(TypeOfNumber.INTERNATIONAL, NumberingPlanIndicator.ISDN, value);
    }
    return value.length() <= MAX_SHORT_CODE_DIGITS
        ? new Address(TypeOfNumber.NETWORK_SPECIFIC, NumberingPlanIndicator.UNKNOWN, value)
        : new Address(TypeOfNumber.NATIONAL, NumberingPlanIndicator.ISDN, value);
  }

  /** With another type of number and numbering plan where the link says so. */
  static Address of(String written, AddressType type) {
    Address looks = of(written);
    return switch (type) {
      case AddressType.FromLook auto -> looks;
      case AddressType.Fixed(int ton, int npi) ->
          new Address(
              TypeOfNumber.valueOf((byte) ton),
              NumberingPlanIndicator.valueOf((byte) npi),
              looks.value());
    };
  }

  /** The other direction: what an address in a PDU means, with + when it is international. */
  static String written(byte ton, String value) {
    boolean international = ton == TypeOfNumber.INTERNATIONAL.value();
    return international && isDigits(value) ? "+" + value : value;
  }

  private static boolean isDigits(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  @Override
  public String toString() {
    return "Address[redacted]";
  }
}
