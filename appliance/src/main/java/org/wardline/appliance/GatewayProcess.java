package org.wardline.appliance;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.wardline.appliance.engines.OsProcess;

/** The gateway as its own process ({@code --separate}), as on the appliance. */
final class GatewayProcess implements RunningPart, Supervisor.Watched {
  static final String MAIN = "org.wardline.gateway.GatewayMain";

  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final Duration READY_DEADLINE = Duration.ofSeconds(30);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(20);
  private static final Duration KILL_DEADLINE = Duration.ofSeconds(5);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(50);

  private final Path settings;
  private final Path configKey;
  private final int metricsPort;
  private final Path log;
  private volatile @Nullable OsProcess process;
  private boolean stopped;

  GatewayProcess(Path settings, Path configKey, int metricsPort, Path logs) {
    this.settings = settings;
    this.configKey = configKey;
    this.metricsPort = metricsPort;
    this.log = logs.resolve("gateway.out");
  }

  @Override
  public String name() {
    return "the gateway";
  }

  @Override
  public void start() {
    stopLeftBehind();
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      command.add(
          SETSID.toString()); // Ctrl-C reaches the launcher alone, which stops things in order
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms32m",
            "-Xmx64m",
            "-Xss256k",
            "-XX:+UseSerialGC",
            "-XX:MaxDirectMemorySize=16m",
            "-XX:ReservedCodeCacheSize=32m",
            "-XX:MaxMetaspaceSize=64m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-HeapDumpOnOutOfMemoryError",
            "-DLOGS=" + log.getParent(),
            "-DLOG_NAME=gateway",
            "-Dlogback.configurationFile=org/wardline/appliance/quickstart-logback.xml",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            MAIN,
            "--config",
            settings.toString(),
            "--key-file",
            configKey.toString()));
    awaitReady(launch(command));
  }

  /** Either {@link #stop} sees the process, or there is none: a restart must not outlive a stop. */
  private synchronized OsProcess launch(List<String> command) {
    if (stopped) {
      throw new StartRefused("The gateway is being stopped.");
    }
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      OsProcess launched = OsProcess.of(started.pid()).orElseThrow(this::ended);
      process = launched;
      return launched;
    } catch (IOException e) {
      throw new StartRefused("The gateway's process cannot be started: " + e.getMessage());
    }
  }

  private void awaitReady(OsProcess started) {
    long deadline = System.nanoTime() + READY_DEADLINE.toNanos();
    while (!answers()) {
      if (!started.isRunning()) {
        throw ended();
      }
      if (System.nanoTime() > deadline) {
        end(started);
        throw new StartRefused(
            "The gateway was not ready after %d s. Look into %s"
                .formatted(READY_DEADLINE.toSeconds(), log));
      }
      try {
        Thread.sleep(POLL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StartRefused("Interrupted.");
      }
    }
  }

  /** Any answer will do: a carrier that is away must not keep the practice from starting. */
  private boolean answers() {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/health".formatted(metricsPort)))
              .timeout(ANSWER_LIMIT)
              .build();
      client.send(request, HttpResponse.BodyHandlers.discarding());
      return true;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private StartRefused ended() {
    return new StartRefused("The gateway ended during its start. Look into " + log);
  }

  /** One of a killed launcher would hold the link and its settings may be old, so it goes. */
  private void stopLeftBehind() {
    OsProcess.withArguments(List.of(MAIN, settings.toString())).forEach(GatewayProcess::end);
  }

  private static void end(OsProcess old) {
    old.terminate();
    if (!old.awaitExit(STOP_DEADLINE)) {
      old.kill();
      old.awaitExit(KILL_DEADLINE);
    }
  }

  @Override
  public long pid() {
    return process == null ? 0 : process.pid();
  }

  @Override
  public boolean isRunning() {
    return process != null && process.isRunning();
  }

  /** For good: a start under way, or one that comes later, is refused. */
  @Override
  public void stop() {
    OsProcess last;
    synchronized (this) {
      stopped = true;
      last = process;
    }
    if (last != null) {
      end(last);
    }
  }
}
