package org.wardline.appliance.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** A data folder as the launcher makes it, with real engines of the build. */
record EngineFolder(Path folder, Secrets secrets, List<String> progress) {
  static EngineFolder in(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("secrets"));
    return new EngineFolder(
        folder,
        new Secrets(folder.resolve("secrets"), new SecureRandom()),
        Collections.synchronizedList(new ArrayList<>()));
  }

  /** Shares the unpacked programs, which take the longest. */
  EngineFolder copy(Path target) throws IOException {
    run("cp", "-a", folder.toString(), target.toString());
    return in(target);
  }

  PostgresEngine postgres() {
    return postgres(Ports::freeFrom);
  }

  PostgresEngine postgres(PortChoice ports) {
    return new PostgresEngine(
        folder,
        Path.of("engines/target/postgresql").toAbsolutePath(),
        EngineUser.ofThisMachine(),
        secrets,
        progress::add,
        ports);
  }

  CassandraEngine cassandra() {
    return cassandra(Ports::freeFrom);
  }

  CassandraEngine cassandra(PortChoice ports) {
    return new CassandraEngine(
        folder,
        Path.of("engines/target/cassandra").toAbsolutePath(),
        JavaHome.of17(System.getenv(), Path.of("/usr/lib/jvm")),
        EngineUser.ofThisMachine(),
        secrets,
        progress::add,
        ports);
  }

  /** True when any file below holds the text. */
  static boolean anyFileHolds(Path folder, String text) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(path -> Files.isRegularFile(path)).toList()) {
        if (Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
    }
    return false;
  }

  static void run(String... command) throws IOException {
    try {
      int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (exit != 0) {
        throw new IOException("exit " + exit + ": " + String.join(" ", command));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
