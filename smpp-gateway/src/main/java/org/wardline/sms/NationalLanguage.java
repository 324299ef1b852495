package org.wardline.sms;

import java.util.Locale;
import java.util.Optional;

/**
 * A language with tables of its own (3GPP TS 23.038 §6.2.1.2.4). Where carrier and phone know them,
 * a text in it fits 155 characters instead of 70; a phone that does not know them shows wrong
 * letters. They are therefore written only where {@link SmsFormat} allows it, and always understood
 * when read.
 */
public enum NationalLanguage {
  TURKISH(1),
  /** Has no locking shift table; the default alphabet holds most of Spanish. */
  SPANISH(2),
  PORTUGUESE(3),
  /** With Assamese. */
  BENGALI(4),
  GUJARATI(5),
  HINDI(6),
  KANNADA(7),
  MALAYALAM(8),
  ORIYA(9),
  PUNJABI(10),
  TAMIL(11),
  TELUGU(12),
  URDU(13);

  private final int identifier;

  NationalLanguage(int identifier) {
    this.identifier = identifier;
  }

  /** The octet that announces it in a user data header (TS 23.038 §6.2.1.2.4). */
  public int identifier() {
    return identifier;
  }

  /** The name used in configuration and in pages. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Empty for 0, the default alphabet, and for what the standard keeps for later. */
  static Optional<NationalLanguage> ofIdentifier(int identifier) {
    for (NationalLanguage language : values()) {
      if (language.identifier == identifier) {
        return Optional.of(language);
      }
    }
    return Optional.empty();
  }

  static Optional<NationalLanguage> ofWireName(String name) {
    for (NationalLanguage language : values()) {
      if (language.wireName().equals(name)) {
        return Optional.of(language);
      }
    }
    return Optional.empty();
  }
}
