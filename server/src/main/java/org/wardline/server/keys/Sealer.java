package org.wardline.server.keys;

import com.google.crypto.tink.Aead;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.UUID;

/**
 * Seals and opens values that belong to one row; a ciphertext moved to another table or row does
 * not open.
 */
public final class Sealer {
  private final Aead aead;

  Sealer(Aead aead) {
    this.aead = aead;
  }

  public byte[] seal(String table, UUID id, byte[] clear) {
    try {
      return aead.encrypt(clear, associatedData(table, id));
    } catch (GeneralSecurityException e) {
      throw new KeyException("A value for " + table + " could not be sealed.", e);
    }
  }

  public byte[] seal(String table, UUID id, String clear) {
    return seal(table, id, clear.getBytes(StandardCharsets.UTF_8));
  }

  /** Opens what {@link #seal} made for the same table and row. */
  public byte[] open(String table, UUID id, byte[] sealed) {
    try {
      return aead.decrypt(sealed, associatedData(table, id));
    } catch (GeneralSecurityException e) {
      throw new KeyException(
          "A value of "
              + table
              + " does not open: the row was changed or moved, or the key is not the one it was"
              + " sealed with.",
          e);
    }
  }

  public String openText(String table, UUID id, byte[] sealed) {
    return new String(open(table, id, sealed), StandardCharsets.UTF_8);
  }

  private static byte[] associatedData(String table, UUID id) {
    return (table + "|" + id).getBytes(StandardCharsets.UTF_8);
  }
}
