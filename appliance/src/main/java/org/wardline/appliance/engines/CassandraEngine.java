package org.wardline.appliance.engines;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.wardline.config.Secret;

/**
 * One Cassandra node in {@code DIR/cassandra}, on 127.0.0.1 only, forked on Java 17. Like
 * PostgreSQL it outlives a killed launcher and is taken over by the next start. JMX is off: it
 * would be a door without a password.
 */
public final class CassandraEngine implements Engine {
  /** What the snitch calls the only data centre; drivers must name it. */
  public static final String DATACENTER = "datacenter1";

  /** The role the archive signs in with; it may make its own keyspace and nothing else. */
  public static final String ARCHIVE_ROLE = "wardline_archive";

  private static final String VERSION_PREFIX = "cassandra-all-";
  private static final int DEFAULT_NATIVE_PORT = 19_042;
  private static final int DEFAULT_STORAGE_PORT = 17_000;
  private static final int CONNECT_TIMEOUT_MS = 500;
  private static final long POLL_MS = 50;
  private static final String NATIVE_PORT_OPTION = "-Dwardline.native-port=";

  /** Cassandra writes it right after it has opened its port to clients. */
  private static final String STARTED = "Startup complete";

  /** Both ports have their own words for it. */
  private static final List<String> PORT_TAKEN =
      List.of("Failed to bind port", "is in use by another process", "Address already in use");

  /** A port that answers this long before our node has opened it is somebody else's. */
  private static final Duration FOREIGN_AFTER = Duration.ofSeconds(5);

  private static final Duration ADOPTION_DEADLINE = Duration.ofSeconds(60);
  private static final Duration START_DEADLINE = Duration.ofMinutes(10);
  private static final Duration SAY_MORE_AFTER = Duration.ofSeconds(20);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(30);
  private static final Duration KILL_DEADLINE = Duration.ofSeconds(10);

  private final Path home;
  private final Path logs;
  private final Path jarFolder;
  private final Path java17;
  private final EngineUser user;
  private final CassandraRoles roles;
  private final Progress progress;
  private final PortChoice ports;
  private volatile int port;
  private int storagePort;
  private long logStart;
  private volatile @Nullable OsProcess process;

  /**
   * @param folder Wardline's data folder
   * @param jarFolder where the build put Cassandra's jars
   * @param java17 home of a Java 17
   */
  public CassandraEngine(
      Path folder,
      Path jarFolder,
      Path java17,
      EngineUser user,
      Secrets secrets,
      Progress progress) {
    this(folder, jarFolder, java17, user, secrets, progress, Ports::freeFrom);
  }

  CassandraEngine(
      Path folder,
      Path jarFolder,
      Path java17,
      EngineUser user,
      Secrets secrets,
      Progress progress,
      PortChoice ports) {
    this.home = folder.toAbsolutePath().resolve("cassandra");
    this.logs = folder.toAbsolutePath().resolve("logs").resolve("cassandra");
    this.jarFolder = jarFolder.toAbsolutePath();
    this.java17 = java17;
    this.user = user;
    this.roles = new CassandraRoles(secrets, home);
    this.progress = progress;
    this.ports = ports;
  }

  @Override
  public String name() {
    return "Cassandra "
        + jar(VERSION_PREFIX).getFileName().toString().replaceAll("^cassandra-all-|\\.jar$", "");
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

  /** Of {@link #ARCHIVE_ROLE}. */
  public Secret archivePassword() {
    return roles.archivePassword();
  }

  @Override
  public void start() {
    boolean known = port != 0;
    try {
      Optional<OsProcess> left = leftBehind();
      if (left.isPresent() && adopt(left.get())) {
        return;
      }
      boolean first = !Files.exists(home.resolve("data"));
      if (first) {
        // Before the folder: a first start that breaks off must not leave one without its password.
        roles.makeSecret();
      } else {
        roles.checkSecret();
      }
      user.makeFolder(home);
      user.makeFolder(logs);
      for (String part :
          List.of(
              "data", "commitlog", "saved_caches", "hints", "cdc_raw", "tmp", "conf", "triggers")) {
        user.makeFolder(home.resolve(part));
      }
      progress.step(
          first
              ? "starting %s (first start, makes the data folder; about 20 s)".formatted(name())
              : "starting " + name());
      launchOnFreePorts(known);
      roles.ensure(port, java.util.Objects.requireNonNull(process)::isRunning, first);
    } catch (IOException e) {
      throw new EngineException(
          "Cassandra's folder %s cannot be used: %s: %s"
              .formatted(home, e.getClass().getSimpleName(), e.getMessage()),
          e);
    } catch (EngineException e) {
      stop();
      throw e;
    }
    progress.step("%s is up on 127.0.0.1:%d".formatted(name(), port));
  }

  @Override
  public void stop() {
    if (process != null && process.isRunning()) {
      process
          .terminate(); // drains: what is in memory goes to disk, so the next start has no log to
      // read
      if (!process.awaitExit(STOP_DEADLINE)) {
        process.kill();
        process.awaitExit(KILL_DEADLINE);
      }
    }
  }

  /** The command line holds our folder, so no pid file can be wrong or stale. */
  private Optional<OsProcess> leftBehind() {
    String mark = "-Dcassandra.storagedir=" + home;
    return OsProcess.all(candidate -> candidate.arguments().contains(mark)).stream().findFirst();
  }

  private boolean adopt(OsProcess running) {
    process = running;
    int runningPort =
        running.arguments().stream()
            .filter(argument -> argument.startsWith(NATIVE_PORT_OPTION))
            .map(argument -> Integer.parseInt(argument.substring(NATIVE_PORT_OPTION.length())))
            .findFirst()
            .orElse(0);
    if (runningPort > 0) {
      port = runningPort;
      try {
        awaitPort(ADOPTION_DEADLINE, false); // it may be in the middle of its own start
        roles.ensure(port, running::isRunning, false);
        progress.step(
            "%s was left running by an earlier start; taken over on 127.0.0.1:%d (pid %d)"
                .formatted(name(), port, running.pid()));
        return true;
      } catch (EngineException e) {
        progress.step(
            "a Cassandra left by an earlier start does not answer; stopping it (pid %d)"
                .formatted(running.pid()));
      }
    }
    stop();
    return false;
  }

  /**
   * @param known whether others have been told the port
   */
  private void launchOnFreePorts(boolean known) throws IOException {
    for (int attempt = 1; ; attempt++) {
      launch();
      if (awaitPort(START_DEADLINE, true)) {
        return;
      }
      stop();
      if (known && !Ports.isFree(port)) {
        throw Ports.lost("Cassandra", port);
      }
      if (attempt == Ports.START_TRIES) {
        throw Ports.alwaysTaken("Cassandra");
      }
      progress.step(
          Ports.takenMeanwhile(
              "Cassandra", "one of the ports 127.0.0.1:" + port + " and " + storagePort));
      if (!known) {
        port = 0;
      }
    }
  }

  private void launch() throws IOException {
    if (port == 0) {
      port = ports.freeFrom(DEFAULT_NATIVE_PORT);
    }
    storagePort = ports.freeFrom(DEFAULT_STORAGE_PORT);
    Path yaml = home.resolve("conf").resolve("cassandra.yaml");
    write(
        yaml,
        EngineFiles.filled(
            "cassandra.yaml",
            Map.of(
                "HOME",
                home.toString().replace("\\", "\\\\").replace("\"", "\\\""),
                "NATIVE_PORT",
                Integer.toString(port),
                "STORAGE_PORT",
                Integer.toString(storagePort))));
    Path logback = home.resolve("conf").resolve("logback.xml");
    write(logback, EngineFiles.resource("cassandra-logback.xml"));

    List<String> command = new ArrayList<>();
    command.add(java17.resolve("bin").resolve("java").toString());
    command.addAll(
        EngineFiles.resource("cassandra-jdk17.options")
            .lines()
            .filter(line -> !line.startsWith("#"))
            .toList());
    command.addAll(
        List.of(
            "-javaagent:" + jar("jamm-"),
            "-Xms512m",
            "-Xmx512m",
            "-Xss256k",
            "-XX:+UseG1GC",
            "-XX:MaxDirectMemorySize=256m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-HeapDumpOnOutOfMemoryError",
            "-XX:ErrorFile=" + logs.resolve("jvm-crash.log"),
            "-Dcassandra.config=" + yaml.toUri(),
            "-Dcassandra.storagedir=" + home,
            "-Dcassandra.logdir=" + logs,
            "-Dcassandra.triggers_dir=" + home.resolve("triggers"),
            "-Djava.io.tmpdir=" + home.resolve("tmp"),
            "-Duser.home=" + home,
            "-Dlogback.configurationFile=" + logback.toUri(),
            "-Dcassandra-foreground=yes",
            "-Djna.tmpdir=" + home.resolve("tmp"),
            "-Djava.net.preferIPv4Stack=true",
            "-Dcassandra.superuser_setup_delay_ms=0",
            // The only node of its ring has nobody to wait for.
            "-Dcassandra.ring_delay_ms=1000",
            "-Dcassandra.skip_wait_for_gossip_to_settle=0",
            "-Dcassandra.shutdown_announce_in_ms=0",
            NATIVE_PORT_OPTION + port,
            "-cp",
            jarFolder.resolve("*").toString(),
            "org.apache.cassandra.service.CassandraDaemon"));
    Path log = logs.resolve("system.log");
    logStart =
        Files.exists(log) ? Files.size(log) : 0; // what stands before is about earlier starts
    ProcessBuilder builder =
        new ProcessBuilder(
                user.command(command, home, jar(VERSION_PREFIX), java17.resolve("release")))
            .redirectErrorStream(true)
            .redirectOutput(startLog().toFile())
            .directory(home.toFile());
    // Options meant for our own Java must not reach this one.
    builder
        .environment()
        .keySet()
        .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"));
    process = OsProcess.of(builder.start().pid()).orElseThrow(() -> refused("it ended at once"));
  }

  private Path startLog() {
    return logs.resolve("start.log");
  }

  private void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    user.giveFile(file);
  }

  /**
   * Until our node answers.
   *
   * @param fresh whether the node was just launched, so that its log says when it listens
   * @return false when another program has one of its ports: whatever answers there is not ours
   */
  private boolean awaitPort(Duration atMost, boolean fresh) {
    OsProcess waitedFor = java.util.Objects.requireNonNull(process);
    long begin = System.nanoTime();
    boolean said = false;
    OptionalLong answeredSince = OptionalLong.empty();
    while (true) {
      boolean answers = answers();
      if (answers && (!fresh || says(STARTED))) {
        return true;
      }
      long now = System.nanoTime();
      Duration passed = Duration.ofNanos(now - begin);
      if (!waitedFor.isRunning()) {
        if (fresh && PORT_TAKEN.stream().anyMatch(this::says)) {
          return false;
        }
        throw refused("it ended during the start");
      }
      if (!answers) {
        answeredSince = OptionalLong.empty();
      } else if (answeredSince.isEmpty()) {
        answeredSince = OptionalLong.of(now);
      } else if (now - answeredSince.getAsLong() > FOREIGN_AFTER.toNanos()) {
        return false;
      }
      if (passed.compareTo(atMost) > 0) {
        throw refused("it does not answer on 127.0.0.1:" + port);
      }
      if (!said && passed.compareTo(SAY_MORE_AFTER) > 0) {
        progress.step(
            "Cassandra still starts; it writes what it does to " + logs.resolve("system.log"));
        said = true;
      }
      OsProcess.pause(Duration.ofMillis(POLL_MS));
    }
  }

  /** Whether our node has written this since its launch. */
  private boolean says(String words) {
    return EngineFiles.lastLine(logs.resolve("system.log"), logStart, line -> line.contains(words))
        .or(() -> EngineFiles.lastLine(startLog(), 0, line -> line.contains(words)))
        .isPresent();
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), CONNECT_TIMEOUT_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Path jar(String prefix) {
    try (Stream<Path> files = Files.list(jarFolder)) {
      Optional<Path> jar =
          files.filter(file -> file.getFileName().toString().startsWith(prefix)).findFirst();
      if (jar.isPresent()) {
        return jar.get();
      }
    } catch (IOException e) {
      // said below
    }
    throw new EngineException(
        "Cassandra's programs are not in %s. Build them: ./dev run does, or mvn -pl appliance/engines process-resources"
            .formatted(jarFolder));
  }

  private EngineException refused(String otherwise) {
    Path log = logs.resolve("system.log");
    String reason =
        EngineFiles.lastLine(startLog(), 0, line -> line.contains("encountered during startup"))
            .or(() -> EngineFiles.lastLine(log, logStart, line -> line.contains("Corrupted: ")))
            .or(
                () ->
                    EngineFiles.lastLine(
                        startLog(),
                        0,
                        line -> line.startsWith("Error") || line.contains("Exception")))
            .or(() -> EngineFiles.lastLine(log, logStart, line -> line.contains(" ERROR ")))
            .map(line -> line.replaceFirst("^.* ERROR |^.*(?=Corrupted: )", ""))
            .orElse(otherwise);
    return new EngineException(
        "Cassandra did not start on %s: %s. Look into %s; when the folder is damaged, restore a backup or start with another data folder (--data DIR)."
            .formatted(home, reason, logs));
  }
}
