package org.wardline.appliance.engines;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A process as {@code /proc} shows it, told apart from a later one with the same number by its
 * start time. Java's {@link ProcessHandle} is not enough: it counts a zombie that nobody reaps
 * (plain containers) as alive for ever.
 */
public record OsProcess(long pid, long startedTicks) {
  private static final Path PROC = Path.of("/proc");
  private static final long POLL_MS = 20;
  private static final int STATE_FIELD = 0;
  private static final int START_FIELD = 19; // fields after the command name, see proc(5)
  private static final int KIB = 1024;

  public static Optional<OsProcess> of(long pid) {
    return stat(pid).map(fields -> new OsProcess(pid, Long.parseLong(fields[START_FIELD])));
  }

  public boolean isRunning() {
    return of(pid).filter(this::equals).isPresent();
  }

  /** The command line; empty when the process is gone. */
  List<String> arguments() {
    try {
      String line = Files.readString(PROC.resolve(pid + "/cmdline"), StandardCharsets.ISO_8859_1);
      return List.of(line.split("\0"));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Where the process works; empty when gone or when we may not look. */
  Optional<Path> workingFolder() {
    try {
      return Optional.of(Files.readSymbolicLink(PROC.resolve(pid + "/cwd")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The program file; empty when gone or when we may not look. */
  Optional<Path> program() {
    try {
      return Optional.of(Files.readSymbolicLink(PROC.resolve(pid + "/exe")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Resident memory in bytes, 0 when gone. */
  public long residentBytes() {
    try {
      for (String line :
          Files.readAllLines(PROC.resolve(pid + "/status"), StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
        }
      }
    } catch (IOException e) {
      // gone meanwhile
    }
    return 0;
  }

  /** SIGTERM. */
  public void terminate() {
    ProcessHandle.of(pid).filter(handle -> isRunning()).ifPresent(ProcessHandle::destroy);
  }

  /** SIGKILL. */
  public void kill() {
    ProcessHandle.of(pid).filter(handle -> isRunning()).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** True when the process ended within the time. */
  public boolean awaitExit(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (isRunning()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause(Duration.ofMillis(POLL_MS));
    }
    return true;
  }

  /** All processes of this machine that fit. */
  static List<OsProcess> all(Predicate<OsProcess> wanted) {
    List<OsProcess> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        of(Long.parseLong(entry.getFileName().toString())).filter(wanted).ifPresent(found::add);
      }
    } catch (IOException e) {
      throw new EngineException(
          "/proc cannot be read; Wardline runs on Linux with /proc mounted.", e);
    }
    return found;
  }

  /** All processes whose command line holds each of these arguments. */
  public static List<OsProcess> withArguments(List<String> wanted) {
    return all(candidate -> candidate.arguments().containsAll(wanted));
  }

  static void pause(Duration period) {
    try {
      Thread.sleep(period);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("Interrupted.", e);
    }
  }

  /** Empty when the process is gone or only waits to be reaped. */
  private static Optional<String[]> stat(long pid) {
    try {
      String line = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
      return "ZXx".contains(fields[STATE_FIELD]) ? Optional.empty() : Optional.of(fields);
    } catch (IOException | StringIndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
