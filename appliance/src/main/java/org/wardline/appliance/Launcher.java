package org.wardline.appliance;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.appliance.engines.CassandraEngine;
import org.wardline.appliance.engines.Engine;
import org.wardline.appliance.engines.EngineUser;
import org.wardline.appliance.engines.JavaHome;
import org.wardline.appliance.engines.PostgresEngine;
import org.wardline.appliance.engines.Secrets;

/**
 * One run of everything on one data folder: engines, simulator, server, gateway; then watching;
 * then stopping.
 */
final class Launcher {
  private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);
  private static final long WATCH_MS = 250;
  private static final long ENGINE_STOP_POLL_MS = 100;

  /**
   * @param engines where the build put the engines' jars
   * @param smsc empty for the simulator
   */
  record Options(
      Path engines,
      boolean demo,
      boolean separate,
      Optional<SmscAddress> smsc,
      Optional<Integer> consolePort,
      Optional<Integer> portalPort,
      Optional<Integer> metricsPort,
      int smscPort) {}

  private final DataFolder folder;
  private final Options options;
  private final Parts parts;
  private final Steps steps;
  private final Secrets secrets;
  private final PostgresEngine postgres;
  private final CassandraEngine cassandra;
  private final List<Thread> starting = new ArrayList<>();
  private final List<Thread> watching = new CopyOnWriteArrayList<>();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable RunningPart simulator;
  private Optional<String> simulatorPage = Optional.empty();
  private volatile @Nullable ServerPart server;
  private volatile @Nullable RunningPart gateway;
  private volatile @Nullable RunFile runFile;

  Launcher(DataFolder folder, Options options, Parts parts, EngineUser engineUser, Steps steps) {
    this.folder = folder;
    this.options = options;
    this.parts = parts;
    this.steps = steps;
    this.secrets = new Secrets(folder.secrets(), new SecureRandom());
    this.postgres =
        new PostgresEngine(
            folder.path(), options.engines().resolve("postgresql"), engineUser, secrets, steps);
    this.cassandra =
        new CassandraEngine(
            folder.path(),
            options.engines().resolve("cassandra"),
            JavaHome.of17(System.getenv(), Path.of("/usr/lib/jvm")),
            engineUser,
            secrets,
            steps);
  }

  /** Returns when everything is ready; on failure the caller must {@link #stop}. */
  void start() throws IOException {
    QuickStartSettings settings = QuickStartSettings.prepare(folder, options, secrets);
    settings.requireFreePorts(options.smsc().isEmpty());
    parts.check(folder.serverFile(), folder.gatewayFile(), settings.configKey());

    startEngines();
    settings.writeEngines(postgres, cassandra);
    goOn();

    SmscAddress smsc = settings.smsc();
    if (options.smsc().isEmpty()) {
      SimulatorPart carrier = parts.startSimulator(new Parts.SimulatorStart(smsc.port(), smsc));
      simulator = carrier;
      steps.step("the SMSC simulator is up on 127.0.0.1:%d".formatted(smsc.port()));
      simulatorPage = carrier.page();
    }
    goOn();
    ServerPart up =
        parts.startServer(
            new Parts.ServerStart(folder.serverFile(), settings.configKey(), folder.path()));
    server = up;
    steps.step("the server is up on port %d".formatted(settings.consolePort()));
    goOn();
    startGateway(settings);
    goOn();
    if (options.demo()) {
      up.seedDemo();
      steps.step("the demo practice is there");
    }
    runFile =
        new RunFile(
            settings.consolePort(),
            settings.portalPort(),
            settings.metricsPort(),
            smsc.host(),
            smsc.port(),
            simulatorPage,
            up.access(),
            new RunFile.Cassandra(
                "127.0.0.1",
                cassandra.port(),
                CassandraEngine.DATACENTER,
                CassandraEngine.ARCHIVE_ROLE,
                cassandra.archivePassword()),
            new RunFile.Postgres(
                postgres.jdbcUrl(), "wardline_owner", postgres.password("wardline_owner")),
            pids());
    publish();
    watch();
  }

  /** Ctrl-C in the middle of a start: what {@link #stop} no longer looks at must not be started. */
  private void goOn() {
    if (stopping.get()) {
      throw new StartRefused("Stopped during the start.");
    }
  }

  /** Where a person can play the patients; empty with a real carrier. */
  Optional<String> simulatorPage() {
    return simulatorPage;
  }

  String consoleUrl() {
    return runFile == null ? "" : runFile.consoleUrl();
  }

  private void startGateway(QuickStartSettings settings) {
    if (options.separate()) {
      GatewayProcess process =
          new GatewayProcess(
              folder.gatewayFile(),
              settings.configKey(),
              settings.gatewayMetricsPort(),
              folder.logs());
      gateway = process;
      goOn(); // either the stop has seen the field, or we see the stop
      process.start();
      steps.step("the gateway is up in its own process (pid %d)".formatted(process.pid()));
    } else {
      gateway =
          parts.startGateway(
              new Parts.GatewayStart(folder.gatewayFile(), settings.configKey(), folder.path()));
      steps.step("the gateway is up");
    }
  }

  /** Both at once: Cassandra takes the longest and uses one core. */
  private void startEngines() {
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    synchronized (starting) {
      goOn();
      for (Engine engine : List.of(cassandra, postgres)) {
        starting.add(
            Thread.ofPlatform()
                .name("start-" + engine.getClass().getSimpleName())
                .start(
                    () -> {
                      try {
                        engine.start();
                      } catch (RuntimeException e) {
                        failure.compareAndSet(null, e);
                      }
                    }));
      }
    }
    for (Thread thread : List.copyOf(starting)) {
      join(thread);
    }
    RuntimeException first = failure.get();
    if (first != null) {
      throw first;
    }
  }

  private RunFile.Pids pids() {
    return new RunFile.Pids(
        server == null ? 0 : server.pid(),
        gateway == null ? 0 : gateway.pid(),
        postgres.pid(),
        cassandra.pid());
  }

  private synchronized void publish() {
    if (runFile == null || stopping.get()) {
      return;
    }
    runFile = runFile.withPids(pids());
    try {
      runFile.write(folder.runFile());
    } catch (IOException e) {
      LOG.error("run.json could not be written", e);
      steps.step("%s could not be written: %s".formatted(folder.runFile(), e.getMessage()));
    }
  }

  private void watch() {
    List<Supervisor.Watched> watched =
        new ArrayList<>(List.of(watched(postgres), watched(cassandra)));
    if (gateway instanceof GatewayProcess process) {
      watched.add(process);
    }
    for (Supervisor.Watched each : watched) {
      Supervisor supervisor = new Supervisor(each, steps, this::publish, System::nanoTime);
      watching.add(
          Thread.ofPlatform()
              .name("watch-" + each.name().replace(' ', '-'))
              .daemon()
              .start(
                  () -> {
                    while (!stopping.get()) {
                      supervisor.runOnce();
                      pause(WATCH_MS);
                    }
                  }));
    }
  }

  private static Supervisor.Watched watched(Engine engine) {
    return new Supervisor.Watched() {
      @Override
      public String name() {
        return engine.name();
      }

      @Override
      public boolean isRunning() {
        return engine.isRunning();
      }

      @Override
      public void start() {
        engine.start();
      }
    };
  }

  /** In the opposite order of the start; safe to call twice and in the middle of a start. */
  void stop() {
    if (!stopping.compareAndSet(false, true)) {
      await();
      return;
    }
    try {
      synchronized (this) { // no run.json after this point
        java.nio.file.Files.deleteIfExists(folder.runFile());
      }
    } catch (IOException e) {
      LOG.warn("run.json could not be removed", e);
    }
    stopPart("the gateway", gateway);
    stopPart("the server", server);
    stopPart("the SMSC simulator", simulator);
    stopEngines();
    folder.close();
    stopped.countDown();
  }

  private void stopPart(String name, @Nullable RunningPart part) {
    if (part == null) {
      return;
    }
    try {
      part.stop();
      steps.step(name + " has stopped");
    } catch (RuntimeException e) {
      LOG.error("{} did not stop cleanly", name, e);
      steps.step("%s did not stop cleanly; details are in %s".formatted(name, folder.logs()));
    }
  }

  private void stopEngines() {
    List<Thread> stops = new ArrayList<>();
    for (Engine engine : List.of(cassandra, postgres)) {
      stops.add(
          Thread.ofPlatform()
              .name("stop-" + engine.getClass().getSimpleName())
              .start(() -> stopEngine(engine)));
    }
    stops.forEach(Launcher::join);
  }

  private void stopEngine(Engine engine) {
    boolean ran = engine.isRunning();
    engine.stop();
    // A start or restart under way may bring it up just now.
    while (isBusy()) {
      engine.stop();
      pause(ENGINE_STOP_POLL_MS);
    }
    engine.stop();
    if (ran) {
      steps.step(engine.name() + " has stopped");
    }
  }

  private boolean isBusy() {
    List<Thread> threads = new ArrayList<>(watching);
    synchronized (starting) {
      threads.addAll(starting);
    }
    return threads.stream().anyMatch(Thread::isAlive);
  }

  /** Until {@link #stop} is done. */
  void await() {
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
