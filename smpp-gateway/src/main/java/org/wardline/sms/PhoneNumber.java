package org.wardline.sms;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A phone number in E.164 form ({@code +13125550100}). {@link #toString} never shows it: who must
 * write it down says {@link #e164()} or {@link #display()}.
 */
public record PhoneNumber(String e164) {
  private static final PhoneNumberUtil UTIL = PhoneNumberUtil.getInstance();
  private static final int MAX_INPUT_CHARS = 40;
  private static final String HOME_REGION = "US";
  private static final Pattern E164 = Pattern.compile("\\+[1-9][0-9]{6,14}");
  private static final Pattern NORTH_AMERICAN = Pattern.compile("\\+1[2-9][0-9]{9}");

  public PhoneNumber {
    if (!E164.matcher(e164).matches()) {
      throw new IllegalArgumentException("not an E.164 number");
    }
  }

  /**
   * Reads a number as a person or a carrier writes it: {@code (312) 555-0100}, {@code 13125550100},
   * {@code +44 20 …}. Empty when it cannot be a phone number; the length and the country code are
   * checked, not whether the number is in service.
   */
  public static Optional<PhoneNumber> parse(String text) {
    String trimmed = text.strip();
    if (trimmed.isEmpty() || trimmed.length() > MAX_INPUT_CHARS) {
      return Optional.empty();
    }
    if (NORTH_AMERICAN.matcher(trimmed).matches()) {
      // What nearly every program sends; the library would say the same, a hundred times slower.
      return Optional.of(new PhoneNumber(trimmed));
    }
    try {
      Phonenumber.PhoneNumber number = UTIL.parse(trimmed, HOME_REGION);
      // Not isPossibleNumber, which is content with a number that can be dialled within its town
      // only.
      if (UTIL.isPossibleNumberWithReason(number) != ValidationResult.IS_POSSIBLE
          || number.hasExtension()) {
        return Optional.empty();
      }
      // Some countries' plans allow more than the 15 digits that E.164 has.
      return Optional.of(UTIL.format(number, PhoneNumberFormat.E164))
          .filter(e164 -> E164.matcher(e164).matches())
          .map(PhoneNumber::new);
    } catch (NumberParseException e) {
      return Optional.empty();
    }
  }

  /** Like {@link #parse}, for numbers from a trusted place such as the configuration. */
  public static PhoneNumber of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException("not a phone number"));
  }

  /**
   * Reads an SMPP source address: digits without the plus sign when the carrier says the type of
   * number is international, national digits otherwise. Empty for alphanumeric senders and short
   * codes.
   */
  public static Optional<PhoneNumber> ofAddress(String address) {
    String digits = address.strip();
    if (digits.matches("[1-9][0-9]{10,14}")) {
      return parse("+" + digits);
    }
    return parse(digits).filter(n -> n.e164().length() >= 9);
  }

  /** The number as people of its own country write it, for screens. */
  public String display() {
    try {
      Phonenumber.PhoneNumber number = UTIL.parse(e164, HOME_REGION);
      boolean home = number.getCountryCode() == UTIL.getCountryCodeForRegion(HOME_REGION);
      return UTIL.format(
          number, home ? PhoneNumberFormat.NATIONAL : PhoneNumberFormat.INTERNATIONAL);
    } catch (NumberParseException e) {
      return e164;
    }
  }

  @Override
  public String toString() {
    return "PhoneNumber[redacted]";
  }
}
