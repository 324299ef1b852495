package org.wardline.server.keys;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Mac;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.mac.MacConfig;
import com.google.crypto.tink.mac.PredefinedMacParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.wardline.config.PrivateFile;

/**
 * The key that wraps every other key and seals nothing else. For the quick start it lies in a file
 * that only its owner can read; the appliance gets it from a systemd credential sealed to the TPM.
 */
public final class RootKey {
  private final Aead aead;

  private RootKey(Aead aead) {
    this.aead = aead;
  }

  /** Reads the key from its file. */
  public static RootKey load(Path file) {
    if (!Files.exists(file)) {
      throw new KeyException(
          "The root key file "
              + file
              + " is missing, and the database holds data that only this key opens."
              + " Restore the file from the key backup.");
    }
    try {
      AeadConfig.register();
      MacConfig.register();
      KeysetHandle handle =
          TinkJsonProtoKeysetFormat.parseKeyset(
              Files.readString(file), RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
      return new RootKey(handle.getPrimitive(RegistryConfiguration.get(), Aead.class));
    } catch (GeneralSecurityException e) {
      throw new KeyException(
          "The root key file " + file + " is damaged. Restore it from the key backup.", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a new key file (mode 0600) for an empty database and reads it. */
  public static RootKey create(Path file) {
    try {
      AeadConfig.register();
      MacConfig.register();
      KeysetHandle handle = generate(PredefinedAeadParameters.AES256_GCM);
      PrivateFile.write(
          file,
          TinkJsonProtoKeysetFormat.serializeKeyset(
              handle, RegistryConfiguration.get(), InsecureSecretKeyAccess.get()));
      return load(file);
    } catch (GeneralSecurityException e) {
      throw new KeyException("The root key could not be made.", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new AES-256-GCM data key, wrapped; it opens only under the same name. */
  byte[] newDataKey(String name) {
    return newKey(PredefinedAeadParameters.AES256_GCM, name);
  }

  /** A new HMAC-SHA-256 key for blind indexes, wrapped; it opens only under the same name. */
  byte[] newIndexKey(String name) {
    return newKey(PredefinedMacParameters.HMAC_SHA256_256BITTAG, name);
  }

  Sealer openDataKey(String name, byte[] wrapped) {
    return new Sealer(primitive(name, wrapped, Aead.class));
  }

  Mac openIndexKey(String name, byte[] wrapped) {
    return primitive(name, wrapped, Mac.class);
  }

  private byte[] newKey(Parameters parameters, String name) {
    try {
      return TinkProtoKeysetFormat.serializeEncryptedKeyset(
          generate(parameters),
          aead,
          name.getBytes(StandardCharsets.UTF_8),
          RegistryConfiguration.get());
    } catch (GeneralSecurityException e) {
      throw new KeyException("The key " + name + " could not be made.", e);
    }
  }

  private <P> P primitive(String name, byte[] wrapped, Class<P> type) {
    try {
      return TinkProtoKeysetFormat.parseEncryptedKeyset(
              wrapped, aead, name.getBytes(StandardCharsets.UTF_8), RegistryConfiguration.get())
          .getPrimitive(RegistryConfiguration.get(), type);
    } catch (GeneralSecurityException e) {
      throw new KeyException(
          "The key "
              + name
              + " does not open with this root key. Restore the root key that belongs to this database.",
          e);
    }
  }

  private static KeysetHandle generate(Parameters parameters) throws GeneralSecurityException {
    return KeysetHandle.generateNew(parameters, RegistryConfiguration.get());
  }
}
