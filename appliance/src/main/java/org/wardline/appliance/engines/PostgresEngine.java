package org.wardline.appliance.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.wardline.config.Secret;

/**
 * PostgreSQL in {@code DIR/postgres}, reachable on 127.0.0.1 and on a socket in a private folder,
 * always with a password. It is started as a child of ours but outlives us when we are killed; the
 * next start takes it over.
 */
public final class PostgresEngine implements Engine {
  private static final int DEFAULT_PORT = 15_432;
  private static final String MAJOR = "17";
  private static final int MAX_SOCKET_PATH = 90; // of 107 bytes; PostgreSQL adds "/.s.PGSQL.15432"
  private static final long POLL_MS = 25;
  private static final int PID_FILE_PORT_LINE = 3;
  private static final int PID_FILE_STATUS_LINE = 7;
  private static final Duration START_DEADLINE = Duration.ofSeconds(60);
  private static final Duration RECOVERY_DEADLINE = Duration.ofMinutes(30);
  private static final Duration ADOPTION_DEADLINE = Duration.ofSeconds(15);
  private static final Duration ORPHANS_DEADLINE = Duration.ofSeconds(15);
  private static final int FAST_STOP_S = 20;
  private static final int IMMEDIATE_STOP_S = 10;
  private static final String STATE_STARTING =
      "57P03"; // cannot_connect_now: start-up, recovery or shutdown
  private static final String STATE_BAD_PASSWORD = "28P01";
  private static final String STATE_NO_ENTRY = "28000"; // pg_hba.conf lets nobody in

  private final Path home;
  private final Path data;
  private final Path sockets;
  private final Path logs;
  private final Path engines;
  private final Path jarFolder;
  private final EngineUser user;
  private final Secrets secrets;
  private final Progress progress;
  private final PortChoice ports;
  private volatile int port;
  private volatile @Nullable PostgresBinaries binaries;
  private volatile @Nullable OsProcess process;

  /**
   * @param folder Wardline's data folder
   * @param jarFolder where the build put the jar with PostgreSQL's programs
   */
  public PostgresEngine(
      Path folder, Path jarFolder, EngineUser user, Secrets secrets, Progress progress) {
    this(folder, jarFolder, user, secrets, progress, Ports::freeFrom);
  }

  PostgresEngine(
      Path folder,
      Path jarFolder,
      EngineUser user,
      Secrets secrets,
      Progress progress,
      PortChoice ports) {
    this.home = folder.toAbsolutePath().resolve("postgres");
    this.data = home.resolve("data");
    this.sockets = home.resolve("socket");
    this.logs = folder.toAbsolutePath().resolve("logs").resolve("postgresql");
    this.engines = folder.toAbsolutePath().resolve("engines");
    this.jarFolder = jarFolder.toAbsolutePath();
    this.user = user;
    this.secrets = secrets;
    this.progress = progress;
    this.ports = ports;
  }

  @Override
  public String name() {
    return "PostgreSQL " + (binaries == null ? MAJOR : binaries.version());
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public long pid() {
    return process == null ? 0 : process.pid();
  }

  @Override
  public boolean isRunning() {
    return process != null && process.isRunning();
  }

  /** For all roles: {@code jdbc:postgresql://127.0.0.1:PORT/wardline}. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, PostgresRoles.DATABASE);
  }

  /** A role of {@code wardline_admin}, {@code _owner}, {@code _server}, {@code _gateway}. */
  public Secret password(String role) {
    return secrets.existing(
        PostgresRoles.secretName(role), "the password of the database role " + role);
  }

  @Override
  public void start() {
    PostgresBinaries programs = PostgresBinaries.unpacked(jarFolder, engines, progress);
    binaries = programs;
    boolean known = port != 0;
    try {
      user.makeFolder(home);
      user.makeFolder(sockets);
      user.makeFolder(logs);
      if (Files.exists(data)) {
        checkFolder();
        if (adopt()) {
          return;
        }
        awaitOrphans();
      } else {
        makeData(programs);
      }
      launch(programs, known);
      bootstrap();
    } catch (IOException e) {
      throw new EngineException(
          "PostgreSQL's folder %s cannot be used: %s: %s"
              .formatted(home, e.getClass().getSimpleName(), e.getMessage()),
          e);
    }
    progress.step("%s is up on 127.0.0.1:%d".formatted(name(), port));
  }

  @Override
  public void stop() {
    if (!isRunning() || binaries == null || process == null) {
      return;
    }
    if (!control(binaries, "fast", FAST_STOP_S)
        && !control(binaries, "immediate", IMMEDIATE_STOP_S)) {
      process.kill(); // loses nothing either: the next start recovers from the log
      process.awaitExit(ADOPTION_DEADLINE);
    }
  }

  /** pg_ctl, because Java cannot send SIGINT and SIGTERM would wait for every client to leave. */
  private boolean control(PostgresBinaries programs, String mode, int seconds) {
    List<String> stop =
        List.of(
            programs.program("pg_ctl").toString(),
            "stop",
            "--silent",
            "-D",
            data.toString(),
            "-m",
            mode,
            "-t",
            Integer.toString(seconds));
    OsProcess stopping = java.util.Objects.requireNonNull(process);
    try {
      run(stop, logs.resolve("stop.log"));
    } catch (IOException e) {
      return false;
    }
    return stopping.awaitExit(Duration.ofSeconds(1));
  }

  private void checkFolder() throws IOException {
    user.makeFolder(data);
    Path versionFile = data.resolve("PG_VERSION");
    if (!Files.isRegularFile(versionFile)) {
      throw damaged(versionFile + " is missing");
    }
    String version = Files.readString(versionFile).strip();
    if (!version.equals(MAJOR)) {
      throw damaged(
          "%s says version \"%s\" and this Wardline brings %s"
              .formatted(versionFile, version, MAJOR));
    }
    Path control = data.resolve("global").resolve("pg_control");
    if (!Files.isRegularFile(control) || Files.size(control) == 0) {
      throw damaged(control + " is missing or empty");
    }
    secrets.existing(
        PostgresRoles.secretName(PostgresRoles.ADMIN),
        "the password of the database's administrator");
  }

  private void makeData(PostgresBinaries programs) throws IOException {
    progress.step("making PostgreSQL's data folder (first start; about 2 s)");
    // A half-made folder must not look like a real one after a crash: it gets its name when it is
    // whole.
    Path fresh = home.resolve("data.new");
    PostgresBinaries.delete(fresh);
    Path passwordFile = home.resolve("initdb.pw");
    Files.deleteIfExists(passwordFile);
    Secret password = secrets.getOrMake(PostgresRoles.secretName(PostgresRoles.ADMIN));
    org.wardline.config.SecretFile.write(passwordFile, password);
    user.giveFile(passwordFile);
    Path log = logs.resolve("initdb.log");
    int exit =
        run(
            List.of(
                programs.program("initdb").toString(),
                "--pgdata=" + fresh,
                "--username=" + PostgresRoles.ADMIN,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--data-checksums",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions"),
            log);
    Files.deleteIfExists(passwordFile);
    if (exit != 0) {
      String reason =
          EngineFiles.lastLine(log, 0, line -> line.contains("error") || line.contains("FATAL"))
              .orElse("");
      throw new EngineException(
          "PostgreSQL could not make its data folder. %s (more in %s)".formatted(reason, log));
    }
    Files.move(fresh, data, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  /** True when a healthy server of this folder was running and is now ours. */
  private boolean adopt() throws IOException {
    Path pidFile = data.resolve("postmaster.pid");
    if (!Files.isRegularFile(pidFile)) {
      return false;
    }
    List<String> lines = Files.readAllLines(pidFile);
    Optional<OsProcess> running =
        lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,9}")
            ? Optional.empty()
            : OsProcess.of(Long.parseLong(lines.getFirst().strip()))
                .filter(this::isPostmasterOfThisFolder);
    if (running.isEmpty()) {
      if (serversInFolder().isEmpty()) {
        // Otherwise PostgreSQL refuses to start when the number now belongs to some other program
        // of this user.
        Files.deleteIfExists(pidFile);
      }
      return false;
    }
    process = running.get();
    int runningPort = lines.size() > PID_FILE_PORT_LINE ? number(lines.get(PID_FILE_PORT_LINE)) : 0;
    if (runningPort > 0) {
      port = runningPort;
      try {
        awaitReady(ADOPTION_DEADLINE);
        bootstrap();
        progress.step(
            "%s was left running by an earlier start; taken over on 127.0.0.1:%d (pid %d)"
                .formatted(name(), port, process.pid()));
        return true;
      } catch (EngineException e) {
        progress.step(
            "a PostgreSQL left by an earlier start does not answer; stopping it (pid %d)"
                .formatted(pid()));
      }
    }
    stop();
    return false;
  }

  private static int number(String text) {
    return text.strip().matches("\\d{1,5}") ? Integer.parseInt(text.strip()) : 0;
  }

  /**
   * The command line proves it where the kernel does not let us see the program file (containers).
   */
  private boolean isPostmasterOfThisFolder(OsProcess candidate) {
    List<String> arguments = candidate.arguments();
    boolean ours =
        arguments.size() > 2
            && arguments.getFirst().startsWith(engines.toString())
            && arguments.contains(data.toString());
    return ours && candidate.program().map(program -> program.startsWith(engines)).orElse(true);
  }

  private List<OsProcess> serversInFolder() {
    return OsProcess.all(
        candidate ->
            isPostmasterOfThisFolder(candidate)
                || (candidate.workingFolder().filter(data::equals).isPresent()
                    && candidate
                        .program()
                        .filter(program -> program.startsWith(engines))
                        .isPresent()));
  }

  /**
   * When only the postmaster was killed, its children notice within a second and must be gone
   * before a new one starts.
   */
  private void awaitOrphans() {
    List<OsProcess> orphans = serversInFolder();
    if (orphans.isEmpty()) {
      return;
    }
    long deadline = System.nanoTime() + ORPHANS_DEADLINE.toNanos();
    for (OsProcess orphan : orphans) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      if (!orphan.awaitExit(left)) {
        orphan.kill();
        orphan.awaitExit(ADOPTION_DEADLINE);
      }
    }
  }

  /**
   * @param known whether others have been told the port
   */
  private void launch(PostgresBinaries programs, boolean known) throws IOException {
    for (int attempt = 1; ; attempt++) {
      if (port == 0) {
        port = ports.freeFrom(DEFAULT_PORT);
      }
      writeConfiguration();
      Path log = logs.resolve("start.log");
      List<String> command =
          user.command(
              List.of(programs.program("postgres").toString(), "-D", data.toString()),
              data,
              programs.program("postgres"));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      // PGHOST and the like of the person's shell must not reach the server.
      builder.environment().keySet().removeIf(key -> key.startsWith("PG"));
      builder.directory(home.toFile());
      OsProcess started =
          OsProcess.of(builder.start().pid()).orElseThrow(() -> refused(log, "it ended at once"));
      process = started;
      try {
        awaitReady(START_DEADLINE);
        return;
      } catch (EngineException e) {
        boolean portTaken = !started.isRunning() && (!Ports.isFree(port) || saysPortTaken(log));
        if (!portTaken) {
          stop();
          throw e;
        }
        if (known) {
          throw Ports.lost("PostgreSQL", port);
        }
        if (attempt == Ports.START_TRIES) {
          throw Ports.alwaysTaken("PostgreSQL");
        }
        progress.step(Ports.takenMeanwhile("PostgreSQL", "the port 127.0.0.1:" + port));
        port = 0;
      }
    }
  }

  /** The other one may be gone again by now. */
  private boolean saysPortTaken(Path startLog) {
    return newestServerLog()
        .flatMap(file -> EngineFiles.lastLine(file, 0, PostgresEngine::isFatal))
        .or(() -> EngineFiles.lastLine(startLog, 0, PostgresEngine::isFatal))
        .filter(line -> line.contains("could not create any TCP/IP sockets"))
        .isPresent();
  }

  private void writeConfiguration() throws IOException {
    boolean socketFits = sockets.toString().length() <= MAX_SOCKET_PATH;
    write(
        "postgresql.conf",
        EngineFiles.filled(
            "postgresql.conf",
            Map.of(
                "PORT",
                Integer.toString(port),
                "SOCKETS",
                socketFits ? quoted(sockets) : "",
                "LOGS",
                quoted(logs))));
    write(
        "pg_hba.conf",
        """
        # Written by Wardline at every start. Nobody without a password, not even on the socket.
        local all all scram-sha-256
        host  all all 127.0.0.1/32 scram-sha-256
        """);
  }

  private void write(String name, String text) throws IOException {
    Path file = data.resolve(name);
    Files.writeString(file, text);
    user.giveFile(file);
  }

  private static String quoted(Path path) {
    return path.toString().replace("'", "''");
  }

  /**
   * Whether our own server has its port. Until then whatever answers there is somebody else's, and
   * what that says of our password means nothing. PostgreSQL writes its status into the file once
   * it listens.
   */
  private boolean listens(OsProcess server) {
    try {
      List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
      return lines.size() > PID_FILE_STATUS_LINE
          && lines.getFirst().strip().equals(Long.toString(server.pid()))
          && !lines.get(PID_FILE_STATUS_LINE).isBlank();
    } catch (IOException e) {
      return false;
    }
  }

  private void awaitReady(Duration atMost) {
    OsProcess waitedFor = java.util.Objects.requireNonNull(process);
    long begin = System.nanoTime();
    boolean recoverySaid = false;
    while (true) {
      String state = "";
      if (listens(waitedFor)) {
        try (Connection connection = connectAsAdmin("postgres")) {
          if (connection.isValid(5)) {
            return;
          }
        } catch (SQLException e) {
          state = e.getSQLState() == null ? "" : e.getSQLState();
        }
      }
      if (state.equals(STATE_BAD_PASSWORD)) {
        throw new EngineException(
            "%s does not fit the database in %s. Put the file back that belongs to this folder, or start with another data folder (--data DIR)."
                .formatted(secrets.file(PostgresRoles.secretName(PostgresRoles.ADMIN)), data));
      }
      if (state.equals(STATE_NO_ENTRY)) {
        throw refused(logs.resolve("start.log"), "it lets nobody sign in");
      }
      if (!waitedFor.isRunning()) {
        throw refused(logs.resolve("start.log"), "it ended during the start");
      }
      Duration passed = Duration.ofNanos(System.nanoTime() - begin);
      boolean recovering = state.equals(STATE_STARTING);
      if (recovering && !recoverySaid && passed.toSeconds() >= 2) {
        progress.step(
            "PostgreSQL reads its log again after a crash; this takes as long as it needs");
        recoverySaid = true;
      }
      if (passed.compareTo(recovering ? RECOVERY_DEADLINE : atMost) > 0) {
        throw refused(logs.resolve("start.log"), "it does not answer on 127.0.0.1:" + port);
      }
      OsProcess.pause(Duration.ofMillis(POLL_MS));
    }
  }

  /** What the three settings promise is the reason why "accepted" may be answered at all. */
  private void bootstrap() {
    try (Connection admin = connectAsAdmin("postgres")) {
      List<String> off = new ArrayList<>();
      try (Statement statement = admin.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  """
                  SELECT name, setting FROM pg_settings
                  WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums') AND setting <> 'on'
                  ORDER BY name
                  """)) {
        while (rows.next()) {
          off.add(rows.getString(1) + " = " + rows.getString(2));
        }
      }
      if (!off.isEmpty()) {
        stop();
        throw new EngineException(
            "PostgreSQL runs with %s, so an accepted text could be lost when the power fails. Remove that from %s and start again."
                .formatted(String.join(", ", off), data.resolve("postgresql.auto.conf")));
      }
      new PostgresRoles(secrets).ensure(admin);
    } catch (SQLException e) {
      stop();
      throw new EngineException("PostgreSQL could not be prepared: " + e.getMessage(), e);
    }
  }

  private Connection connectAsAdmin(String database) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", PostgresRoles.ADMIN);
    properties.setProperty("password", password(PostgresRoles.ADMIN).reveal());
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "30");
    properties.setProperty("sslmode", "disable");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database), properties);
  }

  private int run(List<String> program, Path log) throws IOException {
    Process child =
        new ProcessBuilder(user.command(program, home, Path.of(program.getFirst())))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .directory(home.toFile())
            .start();
    try {
      return child.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("Interrupted.", e);
    }
  }

  private EngineException damaged(String what) {
    return new EngineException(
        "PostgreSQL's folder is damaged: %s. Restore a backup of %s, or start with another data folder (--data DIR)."
            .formatted(what, data));
  }

  private EngineException refused(Path log, String otherwise) {
    String reason =
        newestServerLog()
            .flatMap(file -> EngineFiles.lastLine(file, 0, PostgresEngine::isFatal))
            .or(() -> EngineFiles.lastLine(log, 0, PostgresEngine::isFatal))
            .map(line -> line.replaceFirst("^.*?(FATAL|PANIC):\\s*", ""))
            .orElse(otherwise);
    return new EngineException(
        "PostgreSQL did not start on %s: %s. Look into %s; when the folder is damaged, restore a backup or start with another data folder (--data DIR)."
            .formatted(data, reason, logs));
  }

  private static boolean isFatal(String line) {
    // Our own early knocks are answered with a FATAL as well.
    return (line.contains("FATAL:") && !line.contains("the database system is "))
        || line.contains("PANIC:");
  }

  private Optional<Path> newestServerLog() {
    try (var files = Files.list(logs)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("postgresql-"))
          .max(java.util.Comparator.comparingLong(file -> file.toFile().lastModified()))
          .filter(
              file ->
                  file.toFile().lastModified()
                      > System.currentTimeMillis() - START_DEADLINE.toMillis());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
