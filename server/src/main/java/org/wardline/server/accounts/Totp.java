package org.wardline.server.accounts;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.util.encoders.Base32;

/** Six-digit codes that change every 30 seconds (RFC 6238, HMAC-SHA-1, as every app has them). */
final class Totp {
  private static final int SECRET_BYTES = 20;
  private static final long STEP_SECONDS = 30;
  private static final int STEPS_EITHER_SIDE = 1;

  private final TimeBasedOneTimePasswordGenerator generator =
      new TimeBasedOneTimePasswordGenerator();

  static byte[] newSecret(SecureRandom random) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return secret;
  }

  /** The form that authenticator apps take. */
  static String base32(byte[] secret) {
    return Base32.toBase32String(secret).replace("=", "");
  }

  /**
   * The time step that {@code code} belongs to, if it belongs to the present one or a neighbour.
   * The caller must accept each step once only.
   */
  OptionalLong step(byte[] secret, String code, Instant now) {
    byte[] given = code.replace(" ", "").getBytes(StandardCharsets.UTF_8);
    SecretKeySpec key = new SecretKeySpec(secret, generator.getAlgorithm());
    OptionalLong found = OptionalLong.empty();
    for (long offset = -STEPS_EITHER_SIDE; offset <= STEPS_EITHER_SIDE; offset++) {
      Instant then = now.plusSeconds(offset * STEP_SECONDS);
      if (MessageDigest.isEqual(given, code(key, then).getBytes(StandardCharsets.UTF_8))) {
        found = OptionalLong.of(then.getEpochSecond() / STEP_SECONDS);
      }
    }
    return found;
  }

  private String code(SecretKeySpec key, Instant at) {
    try {
      return generator.generateOneTimePasswordString(key, at, Locale.ROOT);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("the code generator refuses its key", e);
    }
  }
}
