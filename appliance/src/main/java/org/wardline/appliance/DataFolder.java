package org.wardline.appliance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Everything of one installation. Held by one launcher at a time through a lock the kernel drops
 * when the process dies, however it dies.
 */
final class DataFolder implements AutoCloseable {
  private static final long MIN_FREE_BYTES = 1_000_000_000;
  private static final int MAX_PID_DIGITS = 20;

  private final Path path;
  private final FileChannel lock;

  private DataFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  Path path() {
    return path;
  }

  Path runFile() {
    return path.resolve("run.json");
  }

  Path serverFile() {
    return path.resolve("wardline.yaml");
  }

  Path gatewayFile() {
    return path.resolve("gateway.yaml");
  }

  Path logs() {
    return path.resolve("logs");
  }

  Path secrets() {
    return path.resolve("secrets");
  }

  /**
   * Makes the folder when it is missing, checks that it can be used, and holds it until {@link
   * #close}.
   */
  static DataFolder open(Path wanted, boolean enginesStepDown) {
    return open(wanted, enginesStepDown, MIN_FREE_BYTES);
  }

  static DataFolder open(Path wanted, boolean enginesStepDown, long minFreeBytes) {
    Path path = wanted.toAbsolutePath().normalize();
    try {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        throw new StartRefused(
            "%s is a file, not a folder. Choose another: --data DIR".formatted(path));
      }
      Files.createDirectories(path);
      if (!Files.isWritable(path)) {
        throw new StartRefused(
            "%s cannot be written by %s. Give it back (chown -R %2$s %1$s) or choose another: --data DIR"
                .formatted(path, System.getProperty("user.name")));
      }
      // Links in the path would make the engines' own view of their folder differ from ours.
      path = path.toRealPath();
      // Not listed by others; with 0711 the engines' account can still pass through to its own
      // folders.
      Files.setPosixFilePermissions(
          path, PosixFilePermissions.fromString(enginesStepDown ? "rwx--x--x" : "rwx------"));
      long free = Files.getFileStore(path).getUsableSpace();
      if (free < minFreeBytes) {
        throw new StartRefused(
            "Only %d MB are free on the disk of %s; Wardline needs %d MB to start. Make room, or choose another disk: --data DIR"
                .formatted(free / 1_000_000, path, minFreeBytes / 1_000_000));
      }
      DataFolder folder = new DataFolder(path, lock(path));
      try {
        folder.makeParts(enginesStepDown);
      } catch (IOException | RuntimeException e) {
        folder.close();
        throw e;
      }
      return folder;
    } catch (IOException e) {
      throw new StartRefused(
          "%s cannot be used (%s: %s). Choose another folder: --data DIR"
              .formatted(path, e.getClass().getSimpleName(), e.getMessage()));
    }
  }

  private void makeParts(boolean enginesStepDown) throws IOException {
    for (String part : new String[] {"keys", "secrets", "logs", "engines"}) {
      Path folder = path.resolve(part);
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new StartRefused(
            "%s must be a folder. Move that file away and start again.".formatted(folder));
      }
      Files.createDirectories(folder);
      boolean passable = enginesStepDown && (part.equals("logs") || part.equals("engines"));
      Files.setPosixFilePermissions(
          folder, PosixFilePermissions.fromString(passable ? "rwx--x--x" : "rwx------"));
    }
    for (Path file : new Path[] {runFile(), serverFile(), gatewayFile()}) {
      if (Files.isDirectory(file)) {
        throw new StartRefused(
            "%s is a folder; a file belongs there. Move it away and start again.".formatted(file));
      }
    }
    Files.deleteIfExists(
        runFile()); // of a run that was killed; whoever waits for the file wants the new one
  }

  private static FileChannel lock(Path path) throws IOException {
    Path file = path.resolve("lock");
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Optional<FileLock> held = Optional.ofNullable(channel.tryLock());
      if (held.isPresent()) {
        channel.truncate(0);
        channel.write(
            ByteBuffer.wrap(
                Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // held by this very process; said below
    }
    ByteBuffer pid = ByteBuffer.allocate(MAX_PID_DIGITS);
    channel.read(pid, 0);
    channel.close();
    String holder = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip();
    throw new StartRefused(
        "%s is in use by a Wardline that already runs (pid %s). Stop that one first (kill %2$s), or choose another folder: --data DIR"
            .formatted(path, holder));
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      // the process ends anyway, and the lock with it
    }
  }
}
