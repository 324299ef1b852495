package org.wardline.sms;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Mac;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.mac.MacConfig;
import com.google.crypto.tink.mac.PredefinedMacParameters;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.UUID;
import org.wardline.config.ConfigException;
import org.wardline.config.PrivateFile;

/**
 * The keys that server and gateway share: one seals texts and numbers while they wait in the {@code
 * sms} schema, the other makes a keyed hash of a number, so that order per recipient can be kept
 * without the number. Nothing that lasts is sealed with them.
 *
 * <p>The key file holds two Tink keysets, one a line, and is readable by its owner only.
 */
public final class TransportKeys {

  private final Aead aead;
  private final Mac hash;

  private TransportKeys(Aead aead, Mac hash) {
    this.aead = aead;
    this.hash = hash;
  }

  /** Reads the key file, or makes it (mode 0600) when there is none. */
  public static TransportKeys loadOrCreate(Path file) {
    try {
      AeadConfig.register();
      MacConfig.register();
      if (!Files.exists(file)) {
        String keys =
            json(generate(PredefinedAeadParameters.AES256_GCM))
                + "\n"
                + json(generate(PredefinedMacParameters.HMAC_SHA256_256BITTAG))
                + "\n";
        PrivateFile.write(file, keys);
      }
      String[] lines = Files.readString(file).split("\n", -1);
      if (lines.length < 2) {
        throw damaged(file);
      }
      return new TransportKeys(
          parse(lines[0]).getPrimitive(RegistryConfiguration.get(), Aead.class),
          parse(lines[1]).getPrimitive(RegistryConfiguration.get(), Mac.class));
    } catch (GeneralSecurityException e) {
      throw damaged(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConfigException damaged(Path file) {
    return new ConfigException(
        "The transport key file " + file + " is damaged. Restore it from the key backup.");
  }

  private static KeysetHandle generate(Parameters parameters) throws GeneralSecurityException {
    return KeysetHandle.generateNew(parameters, RegistryConfiguration.get());
  }

  private static String json(KeysetHandle handle) throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.serializeKeyset(
            handle, RegistryConfiguration.get(), InsecureSecretKeyAccess.get())
        .replaceAll("\\s", "");
  }

  private static KeysetHandle parse(String line) throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.parseKeyset(
        line, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
  }

  /** Seals strings for one row; only the same {@code table} and {@code id} open them again. */
  public byte[] seal(String table, UUID id, String... fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (String field : fields) {
        byte[] utf8 = field.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return seal(table, id, bytes.toByteArray());
  }

  /** Seals raw bytes for one row. */
  public byte[] seal(String table, UUID id, byte[] clear) {
    try {
      return aead.encrypt(clear, associatedData(table, id));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the transport key cannot seal", e);
    }
  }

  /**
   * Opens what {@link #seal(String, UUID, String...)} sealed. Throws when it was moved or changed.
   */
  public String[] openFields(String table, UUID id, byte[] sealed, int count) {
    String[] fields = new String[count];
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(open(table, id, sealed)))) {
      for (int i = 0; i < count; i++) {
        fields[i] = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return fields;
  }

  /** Opens what {@link #seal(String, UUID, byte[])} sealed. */
  public byte[] open(String table, UUID id, byte[] sealed) {
    try {
      return aead.decrypt(sealed, associatedData(table, id));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "A row of sms."
              + table
              + " does not open with the transport key: it was changed, moved or sealed"
              + " with another key.",
          e);
    }
  }

  /**
   * A keyed 64-bit hash of an address. Equal addresses give equal hashes; the hash alone tells
   * nothing.
   */
  public long hash(String address) {
    try {
      return ByteBuffer.wrap(
              hash.computeMac(address.getBytes(StandardCharsets.UTF_8)), 5, Long.BYTES)
          .getLong();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the transport key cannot hash", e);
    }
  }

  private static byte[] associatedData(String table, UUID id) {
    return ("sms." + table + "|" + id).getBytes(StandardCharsets.UTF_8);
  }
}
