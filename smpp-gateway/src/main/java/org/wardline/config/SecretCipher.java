package org.wardline.config;

import java.nio.file.Path;
import org.jasypt.encryption.pbe.StandardPBEStringEncryptor;
import org.jasypt.exceptions.EncryptionOperationNotPossibleException;
import org.jasypt.iv.RandomIvGenerator;

/**
 * Turns secrets into the {@code ENC(...)} values of {@code wardline.yaml} and back. Only for
 * configuration: the encryption is not authenticated and each call costs milliseconds, so patient
 * data uses Tink instead.
 */
public final class SecretCipher {
  private static final String ALGORITHM = "PBEWITHHMACSHA512ANDAES_256";
  private static final int KEY_ROUNDS = 10_000;

  private final StandardPBEStringEncryptor jasypt;

  private SecretCipher(Secret key) {
    jasypt = new StandardPBEStringEncryptor();
    jasypt.setAlgorithm(ALGORITHM);
    jasypt.setKeyObtentionIterations(KEY_ROUNDS);
    jasypt.setIvGenerator(new RandomIvGenerator());
    jasypt.setPassword(key.reveal());
  }

  /** The key file must be there and closed to others; see {@link SecretFile#read}. */
  public static SecretCipher withKeyFrom(Path keyFile) {
    return new SecretCipher(SecretFile.read(keyFile));
  }

  /** The whole value as it goes into the file, with its {@code ENC(} and {@code )}. */
  public String encrypt(Secret secret) {
    return "ENC(" + jasypt.encrypt(secret.reveal()) + ")";
  }

  static boolean isEncrypted(String value) {
    return value.startsWith("ENC(") && value.endsWith(")");
  }

  Secret decrypt(String value) {
    try {
      return Secret.of(jasypt.decrypt(value.substring("ENC(".length(), value.length() - 1)));
    } catch (EncryptionOperationNotPossibleException | IllegalArgumentException e) {
      // Jasypt says nothing more; the two causes cannot be told apart without authentication.
      throw new ConfigException("was encrypted with another key, or is damaged");
    }
  }
}
