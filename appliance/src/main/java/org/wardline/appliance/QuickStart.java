package org.wardline.appliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.wardline.appliance.engines.EngineException;
import org.wardline.appliance.engines.EngineUser;
import org.wardline.config.ConfigException;
import org.wardline.server.keys.KeyException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Main program of {@code ./dev run}: everything on one machine, from one folder. */
@Command(
    name = "./dev run",
    description =
        "Starts PostgreSQL, Cassandra, the SMSC simulator, the gateway and the server. Ctrl-C stops all of it.",
    sortOptions = false)
public final class QuickStart implements Callable<Integer> {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int REFUSED = 2;
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder that keeps everything. Default: ${DEFAULT-VALUE}")
  Path data = Path.of(".wardline");

  @Option(
      names = "--demo",
      description = "Fill an empty practice with patients and conversations to look at.")
  boolean demo;

  @Option(
      names = "--smsc",
      paramLabel = "HOST:PORT[:SYSTEMID:PASSWORD]",
      description = "Bind to this carrier instead of the simulator.")
  @Nullable String smsc;

  @Option(names = "--headless", description = "Do not open a browser.")
  boolean headless;

  @Option(
      names = "--separate",
      description = "Run the gateway as its own process, as on the appliance.")
  boolean separate;

  @Option(
      names = "--console-port",
      paramLabel = "PORT",
      description = "Staff console and REST. Default: 8443")
  @Nullable Integer consolePort;

  @Option(
      names = "--portal-port",
      paramLabel = "PORT",
      description = "Patients' portal. Default: 9443")
  @Nullable Integer portalPort;

  @Option(
      names = "--smsc-port",
      paramLabel = "PORT",
      description = "SMSC simulator. Default: ${DEFAULT-VALUE}")
  int smscPort = 2775;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description = "Metrics and health, this machine only. Default: 9464")
  @Nullable Integer metricsPort;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  boolean help;

  public static void main(String[] args) {
    System.exit(new CommandLine(new QuickStart()).execute(args));
  }

  @Override
  public Integer call() {
    Path log = data.toAbsolutePath().resolve("logs");
    try {
      return run();
    } catch (StartRefused | EngineException | ConfigException | KeyException e) {
      System.err.println(e.getMessage());
      return REFUSED;
    } catch (IOException e) {
      System.err.println(
          "%s cannot be used: %s. Choose another folder: --data DIR"
              .formatted(data, e.getMessage()));
      return REFUSED;
    } catch (RuntimeException | Error e) {
      LoggerFactory.getLogger(QuickStart.class).error("The start failed", e);
      System.err.println(
          "Wardline stopped for a reason it does not know. Details are in %s/wardline.log"
              .formatted(log));
      return FAILED;
    }
  }

  private int run() throws IOException {
    Steps steps = new Steps(System.out);
    Launcher.Options options =
        new Launcher.Options(
            Path.of(System.getProperty("wardline.engines", "appliance/engines/target"))
                .toAbsolutePath(),
            demo,
            separate,
            Optional.ofNullable(smsc).map(SmscAddress::of),
            port("--console-port", consolePort),
            port("--portal-port", portalPort),
            port("--metrics-port", metricsPort),
            port("--smsc-port", smscPort).orElseThrow());
    EngineUser engineUser = EngineUser.ofThisMachine();
    DataFolder folder = DataFolder.open(data, engineUser.isSteppedDown());
    Path log = LogFiles.into(folder.logs());
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> {
          LoggerFactory.getLogger(QuickStart.class).error("Uncaught in {}", thread.getName(), e);
          steps.step("something unexpected happened; Wardline goes on, details are in " + log);
        });
    steps.say("Wardline starts, data in " + folder.path());
    Launcher launcher;
    try {
      launcher = new Launcher(folder, options, new Wiring(), engineUser, steps);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
    StopOnSignal signal = new StopOnSignal(launcher, steps);
    Runtime.getRuntime().addShutdownHook(signal);
    try {
      launcher.start();
    } catch (IOException | RuntimeException | Error e) {
      if (signal.isAlive()) {
        launcher.await(); // the stop interrupted the start; its own end is the end
        return OK;
      }
      boolean explained =
          e instanceof StartRefused
              || e instanceof EngineException
              || e instanceof ConfigException
              || e instanceof KeyException
              || e instanceof IOException;
      signal.exitCode = explained ? REFUSED : FAILED;
      throw e;
    }
    // Unpacking and migrating took memory that running never needs; give it back to the machine.
    System.gc();
    steps.say("How to sign in: " + folder.runFile());
    launcher.simulatorPage().ifPresent(page -> steps.say("Be the patient: " + page));
    steps.say("Wardline is ready: " + launcher.consoleUrl());
    if (!headless) {
      openBrowser(launcher.consoleUrl());
    }
    launcher.await();
    return OK;
  }

  private static Optional<Integer> port(String flag, @Nullable Integer port) {
    if (port != null && (port < 1 || port > MAX_PORT)) {
      throw new StartRefused("%s wants a port from 1 to %d".formatted(flag, MAX_PORT));
    }
    return Optional.ofNullable(port);
  }

  private static void openBrowser(String url) {
    Path opener = Path.of("/usr/bin/xdg-open");
    boolean desktop = System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null;
    if (desktop && Files.isExecutable(opener)) {
      try {
        new ProcessBuilder(opener.toString(), url)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
      } catch (IOException e) {
        LoggerFactory.getLogger(QuickStart.class).info("No browser could be opened", e);
      }
    }
  }

  /** SIGINT and SIGTERM, and a failed start: everything stops in order before the process ends. */
  private static final class StopOnSignal extends Thread {
    private final Launcher launcher;
    private final Steps steps;
    private volatile int exitCode = OK;

    StopOnSignal(Launcher launcher, Steps steps) {
      super("stop");
      this.launcher = launcher;
      this.steps = steps;
    }

    @Override
    public void run() {
      if (exitCode == OK) {
        steps.step("stopping");
      }
      launcher.stop();
      if (exitCode == OK) {
        steps.say("Wardline has stopped.");
      }
      // A clean stop on SIGTERM is a success; the JVM alone would end with 143.
      Runtime.getRuntime().halt(exitCode);
    }
  }
}
