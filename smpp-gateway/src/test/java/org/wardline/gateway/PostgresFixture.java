package org.wardline.gateway;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * One real PostgreSQL 17 per test JVM, durable as in production (fsync on), with the roles and the
 * {@code sms} schema; every test gets a database of its own.
 */
final class PostgresFixture {
  private static final String BINARIES = "/postgres-linux-x86_64.txz";
  private static final int UNPACK_OCTETS = 1 << 16;
  private static final String PASSWORD = "only-for-tests";
  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static final PostgresFixture SHARED = startOnce();

  private final Path folder;
  private final int port;

  private PostgresFixture(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  static PostgresFixture shared() {
    return SHARED;
  }

  private static PostgresFixture startOnce() {
    try {
      Path folder =
          Files.createTempDirectory(
              "wardline-pg",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      unpack(folder);
      Path passwordFile = folder.resolve("password");
      Files.writeString(passwordFile, PASSWORD);
      Files.createDirectory(folder.resolve("data"));
      if (isRoot()) {
        run(List.of("chown", "-R", "nobody:nogroup", folder.toString()));
      }
      int port = freePort();
      PostgresFixture fixture = new PostgresFixture(folder, port);
      fixture.server(
          "initdb",
          "-D",
          fixture.data(),
          "-U",
          "postgres",
          "-A",
          "scram-sha-256",
          "--pwfile=" + passwordFile,
          "-E",
          "UTF8",
          "--locale=C.UTF-8");
      fixture.start();
      Runtime.getRuntime().addShutdownHook(new Thread(fixture::stopAndDelete));
      fixture.execute(
          "postgres",
          "postgres",
          "CREATE ROLE wardline_owner LOGIN PASSWORD '" + PASSWORD + "'",
          "CREATE ROLE wardline_server LOGIN PASSWORD '" + PASSWORD + "'",
          "CREATE ROLE wardline_gateway LOGIN PASSWORD '" + PASSWORD + "'",
          "CREATE DATABASE template_sms OWNER wardline_owner");
      fixture.execute("template_sms", "wardline_owner", "CREATE SCHEMA sms", schema());
      return fixture;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void unpack(Path folder) throws IOException {
    try (InputStream packed =
            Objects.requireNonNull(PostgresFixture.class.getResourceAsStream(BINARIES));
        TarArchiveInputStream tar =
            new TarArchiveInputStream(
                new BufferedInputStream(new XZInputStream(packed), UNPACK_OCTETS))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = folder.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
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
  }

  /** Every migration there is, in order; a number that is not taken yet is left out. */
  private static String schema() throws IOException {
    StringBuilder all = new StringBuilder();
    Path folder;
    try {
      folder =
          Path.of(
                  Objects.requireNonNull(
                          PostgresFixture.class.getResource("/db/sms/V1__queue.sql"),
                          "V1__queue.sql is missing")
                      .toURI())
              .getParent();
    } catch (java.net.URISyntaxException e) {
      throw new IOException(e);
    }
    try (java.util.stream.Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files
              .sorted(
                  java.util.Comparator.comparingInt(
                      path ->
                          Integer.parseInt(
                              path.getFileName().toString().replaceAll("^V(\\d+)__.*", "$1"))))
              .toList()) {
        all.append(Files.readString(file)).append('\n');
      }
    }
    return all.toString();
  }

  /**
   * A database of its own with the empty {@code sms} schema; the name is what {@link #pool} takes.
   */
  String freshDatabase() {
    String name = "test_" + COUNTER.incrementAndGet();
    execute("postgres", "postgres", "CREATE DATABASE " + name + " TEMPLATE template_sms");
    return name;
  }

  HikariDataSource pool(String database, String role, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url(database));
    config.setUsername(role);
    config.setPassword(PASSWORD);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(1_000);
    config.setValidationTimeout(500);
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  static String password() {
    return PASSWORD;
  }

  /** Kills every server process at once, as a power cut would, then starts again. */
  void crashAndRestart() {
    server("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop");
    start();
  }

  void stop() {
    server("pg_ctl", "-D", data(), "-m", "fast", "-w", "stop");
  }

  void start() {
    server(
        "pg_ctl",
        "-D",
        data(),
        "-l",
        folder.resolve("log").toString(),
        "-w",
        "-o",
        "-p "
            + port
            + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
            + " -c max_connections=200 -c shared_buffers=128MB "
            + System.getProperty("wardline.test.postgres", ""),
        "start");
  }

  private void stopAndDelete() {
    try {
      server("pg_ctl", "-D", data(), "-m", "immediate", "stop");
      if (!Boolean.getBoolean("wardline.test.keep")) {
        run(List.of("rm", "-rf", folder.toString()));
      }
    } catch (RuntimeException e) {
      System.err.println("The test PostgreSQL could not be stopped: " + e.getMessage());
    }
  }

  void execute(String database, String role, String... statements) {
    try (Connection connection = DriverManager.getConnection(url(database), role, PASSWORD);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private void server(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(
          List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"));
    }
    command.add(folder.resolve("bin").resolve(program).toString());
    command.addAll(List.of(arguments));
    run(command);
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static void run(List<String> command) {
    try {
      Path output = Files.createTempFile("wardline-pg", ".out");
      Process process =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      String said = Files.readString(output);
      Files.delete(output);
      if (!ended || process.exitValue() != 0) {
        throw new IllegalStateException(command.getFirst() + " failed: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
