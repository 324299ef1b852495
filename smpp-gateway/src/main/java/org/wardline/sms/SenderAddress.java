package org.wardline.sms;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a line sends from: a phone number, or a short code of the carrier (three to six digits;
 * seven are a local number that lacks its area code). Words as senders are not offered: nobody
 * could answer them, so nobody could opt out.
 *
 * @param value {@code +13125550199} or {@code 72345}
 */
public record SenderAddress(String value) {
  private static final Pattern SHORT_CODE = Pattern.compile("[0-9]{3,6}");

  public SenderAddress {
    if (!isShortCode(value)) {
      value = new PhoneNumber(value).e164();
    }
  }

  /** Reads one as a person writes it; empty when it is neither a number nor a short code. */
  public static Optional<SenderAddress> parse(String text) {
    String trimmed = text.strip();
    return isShortCode(trimmed)
        ? Optional.of(new SenderAddress(trimmed))
        : PhoneNumber.parse(trimmed).map(number -> new SenderAddress(number.e164()));
  }

  /** For a number from a trusted place such as the configuration. */
  public static SenderAddress of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException("not a sender"));
  }

  private static boolean isShortCode(String text) {
    return SHORT_CODE.matcher(text).matches();
  }

  /** Whether this is the address a patient wrote to, as the carrier gave it. */
  public boolean isDestination(String address) {
    return isShortCode(value)
        ? value.equals(address.strip())
        : PhoneNumber.ofAddress(address).filter(number -> number.e164().equals(value)).isPresent();
  }

  /** As people write it. */
  public String display() {
    return isShortCode(value) ? value : new PhoneNumber(value).display();
  }
}
