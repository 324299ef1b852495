package org.wardline.server.links;

import java.util.Optional;
import org.wardline.sms.PhoneNumber;

/** A number, or the part of it that routing looks at. */
final class Numbers {
  static final String BAD_BEGINNING =
      "Write the number, or its beginning, with country code: +13125550100, or only +1312.";

  private Numbers() {}

  /** In E.164 form; a beginning must say its plus sign, because nothing else tells what it is. */
  static Optional<String> beginning(String text) {
    String digits = text.replaceAll("[ ().-]", "");
    if (digits.matches("\\+[0-9]{0,15}")) {
      return Optional.of(digits);
    }
    return PhoneNumber.parse(text).map(PhoneNumber::e164);
  }
}
