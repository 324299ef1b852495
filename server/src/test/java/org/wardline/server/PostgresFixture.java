package org.wardline.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.postgresql.ds.PGSimpleDataSource;
import org.tukaani.xz.XZInputStream;

/**
 * A real PostgreSQL for tests: one server per test JVM, one fresh database per {@link #database()},
 * with the roles and the migrations of the product. Unpacked from the same binaries as the quick
 * start's.
 */
public final class PostgresFixture {
  private static final String BINARIES = "/postgres-linux-x86_64.txz";
  private static final int UNPACK_OCTETS = 1 << 16;
  private static final String SUPERUSER = "postgres";
  private static final String PASSWORD = "only-for-tests";
  private static final List<String> ROLES =
      List.of("wardline_owner", "wardline_server", "wardline_gateway");
  private static final long COMMAND_SECONDS_MAX = 60;
  private static final int POOL_CONNECTIONS = 12;

  private static final PostgresFixture SHARED = new PostgresFixture();

  /**
   * A migrated database of one test class.
   *
   * @param server a pool with the rights of the running server
   * @param owner for looking at what the server's role cannot see, and for breaking things
   */
  public record Database(HikariDataSource server, DataSource owner, String jdbcUrl) {}

  private final Path folder;
  private final int port;
  private final boolean root = System.getProperty("user.name").equals("root");
  private final AtomicInteger databases = new AtomicInteger();

  private PostgresFixture() {
    try {
      folder = Files.createTempDirectory("wardline-postgres");
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      unpack(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A fresh, migrated database. */
  public static Database database() {
    return SHARED.create(Migrations::run);
  }

  /** A fresh database as an old release left it, for {@link Migrations#run} to bring up to date. */
  public static Database databaseAt(String serverVersion) {
    return SHARED.create(owner -> Migrations.runTo(owner, serverVersion));
  }

  private Database create(Consumer<DataSource> migrations) {
    String name = "test" + databases.incrementAndGet();
    sql("postgres", SUPERUSER, "CREATE DATABASE " + name + " OWNER wardline_owner");
    sql(name, "wardline_owner", "CREATE SCHEMA sms", "CREATE SCHEMA wardline");
    DataSource owner = dataSource(name, "wardline_owner");
    migrations.accept(owner);
    HikariConfig config = new HikariConfig();
    config.setDataSource(dataSource(name, "wardline_server"));
    config.setMaximumPoolSize(POOL_CONNECTIONS);
    return new Database(new HikariDataSource(config), owner, url(name));
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

  private void start() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Path passwordFile = folder.resolve("password");
    Files.writeString(passwordFile, PASSWORD);
    if (root) {
      run(false, "chown", "-R", "nobody", folder.toString());
    }
    run(
        root,
        bin("initdb"),
        "-D",
        data.toString(),
        "-U",
        SUPERUSER,
        "--auth=scram-sha-256",
        "--pwfile=" + passwordFile,
        "--encoding=UTF8",
        "--locale=C");
    run(
        root,
        bin("pg_ctl"),
        "-D",
        data.toString(),
        "-l",
        folder.resolve("log").toString(),
        "-w",
        "-o",
        "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off",
        "start");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(data)));
    for (String role : ROLES) {
      sql("postgres", SUPERUSER, "CREATE ROLE " + role + " LOGIN PASSWORD '" + PASSWORD + "'");
    }
  }

  private void stop(Path data) {
    try {
      run(root, bin("pg_ctl"), "-D", data.toString(), "-m", "immediate", "-w", "stop");
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path dir, @org.jspecify.annotations.Nullable IOException e) throws IOException {
              Files.delete(dir);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      System.err.println("The test database was not removed: " + folder);
    }
  }

  private String bin(String program) {
    return folder.resolve("bin").resolve(program).toString();
  }

  /** Runs a program; as {@code nobody} when this JVM is root, because initdb refuses root. */
  private void run(boolean asNobody, String... command) throws IOException {
    List<String> words = new ArrayList<>();
    if (asNobody) {
      words.addAll(List.of("setpriv", "--reuid", "nobody", "--clear-groups"));
    }
    words.addAll(List.of(command));
    Path output = Files.createTempFile("wardline-postgres", ".out");
    Process process =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(
            String.join(" ", words)
                + ": "
                + new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.delete(output);
    }
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  private PGSimpleDataSource dataSource(String database, String user) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url(database));
    source.setUser(user);
    source.setPassword(PASSWORD);
    return source;
  }

  private void sql(String database, String user, String... statements) {
    try (Connection connection = dataSource(database, user).getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
