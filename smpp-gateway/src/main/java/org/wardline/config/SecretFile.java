package org.wardline.config;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that holds one secret and that nobody but its owner may open (mode 0600 or less). */
public final class SecretFile {
  private static final int MAX_BYTES = 16 * 1024;

  private SecretFile() {}

  /**
   * Reads the secret; a missing, empty, oversized or too widely readable file is a {@link
   * ConfigException}.
   */
  public static Secret read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigException("The secret file " + file + " is missing.");
    }
    try {
      if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        String text = PosixFilePermissions.toString(mode);
        if (!text.endsWith("------")) {
          throw new ConfigException(
              "The secret file %s can be opened by others (%s). Run: chmod 600 %s"
                  .formatted(file, text, file));
        }
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new ConfigException(
            "The secret file %s is larger than %d bytes.".formatted(file, MAX_BYTES));
      }
      String value = Files.readString(file).strip();
      if (value.isEmpty()) {
        throw new ConfigException("The secret file " + file + " is empty.");
      }
      return Secret.of(value);
    } catch (IOException e) {
      throw new ConfigException(
          "The secret file %s cannot be read (%s).".formatted(file, e.getMessage()));
    }
  }

  /** Writes the secret with mode 0600, durably. */
  public static void write(Path file, Secret secret) throws IOException {
    PrivateFile.write(file, secret.reveal() + "\n");
  }
}
