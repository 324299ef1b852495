package org.wardline.appliance.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.wardline.config.ConfigException;
import org.wardline.config.Secret;
import org.wardline.config.SecretFile;

/** {@code DIR/secrets}: one random password per file, made on first use, never changed. */
public final class Secrets {
  private final Path folder;
  private final SecureRandom random;

  public Secrets(Path folder, SecureRandom random) {
    this.folder = folder;
    this.random = random;
  }

  public boolean has(String name) {
    return Files.exists(folder.resolve(name));
  }

  public Path file(String name) {
    return folder.resolve(name);
  }

  /** Known to be there from an earlier start. */
  Secret existing(String name, String whatFor) {
    if (!has(name)) {
      throw new EngineException(
          "The file %s is missing; it holds %s. Put it back from a backup, or start with another data folder (--data DIR)."
              .formatted(folder.resolve(name), whatFor));
    }
    return getOrMake(name);
  }

  public Secret getOrMake(String name) {
    Path file = folder.resolve(name);
    try {
      if (!Files.exists(file)) {
        SecretFile.write(file, Secret.random(random));
      }
      return SecretFile.read(file);
    } catch (ConfigException e) {
      throw new EngineException(
          e.getMessage() == null ? file + " cannot be read." : e.getMessage());
    } catch (IOException e) {
      throw new EngineException(
          "The file %s cannot be written: %s".formatted(file, e.getMessage()), e);
    }
  }
}
