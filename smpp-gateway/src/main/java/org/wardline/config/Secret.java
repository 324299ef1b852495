package org.wardline.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/** A password, token or key in clear. It does not print itself, so it cannot slip into a log. */
public final class Secret {
  private static final int RANDOM_BYTES = 24;

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /** Refuses an empty value: an empty password is a mistake everywhere Wardline uses one. */
  public static Secret of(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("A secret must not be empty.");
    }
    return new Secret(value);
  }

  /** 192 bits, written with characters that need no quoting in SQL, URLs or shells. */
  public static Secret random(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** The clear value; call it only where it is handed to the program that needs it. */
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), that.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
