package org.wardline.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/** Writes files that only their owner may open (mode 0600) and that a power cut must not undo. */
public final class PrivateFile {
  private static final String OWNER_ONLY = "rw-------";
  private static final String READABLE_BY_ALL = "rw-r--r--";

  private PrivateFile() {}

  /**
   * Readers see the old content or the new, never half of it. When this returns, content and name
   * are on disk: a key that has sealed something must not vanish with the page cache.
   */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, content, OWNER_ONLY);
  }

  /** Like {@link #write(Path, byte[])}, in UTF-8. */
  public static void write(Path file, String content) throws IOException {
    write(file, content.getBytes(StandardCharsets.UTF_8));
  }

  /** As durable, for what belongs to a secret and is none itself: a certificate (mode 0644). */
  public static void writePublic(Path file, String content) throws IOException {
    write(file, content.getBytes(StandardCharsets.UTF_8), READABLE_BY_ALL);
  }

  private static void write(Path file, byte[] content, String mode) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    // One name, so that what a killed process left is replaced and not kept for ever.
    Path fresh = folder.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try {
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)))) {
        ByteBuffer left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
          channel.write(left);
        }
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(mode));
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
    // The new name is the folder's content.
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }
}
