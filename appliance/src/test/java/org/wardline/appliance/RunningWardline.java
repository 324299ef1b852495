package org.wardline.appliance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole Wardline as a person starts it: {@code ./dev run} in a process of its own, with its own
 * data folder and its own ports. For tests and measurements.
 */
public final class RunningWardline implements AutoCloseable {
  private static final Duration START_DEADLINE = Duration.ofMinutes(3);
  private static final Duration STOP_DEADLINE = Duration.ofMinutes(1);
  private static final String READY = "Wardline is ready: ";
  private static final JsonMapper JSON = new JsonMapper();

  private final Path data;
  private final Process process;
  private final List<String> output = new CopyOnWriteArrayList<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  private RunningWardline(Path data, Process process) {
    this.data = data;
    this.process = process;
    Thread.ofVirtual().name("launcher-output").start(this::read);
  }

  /** Free public ports for one data folder; they must stay the same over its restarts. */
  public record Ports(int console, int portal, int smsc, int metrics) {
    public static Ports free() throws IOException {
      List<ServerSocket> sockets = new ArrayList<>();
      try {
        for (int i = 0; i < 4; i++) {
          sockets.add(new ServerSocket(0));
        }
        return new Ports(
            sockets.get(0).getLocalPort(),
            sockets.get(1).getLocalPort(),
            sockets.get(2).getLocalPort(),
            sockets.get(3).getLocalPort());
      } finally {
        for (ServerSocket socket : sockets) {
          socket.close();
        }
      }
    }

    List<String> flags() {
      return List.of(
          "--console-port", String.valueOf(console),
          "--portal-port", String.valueOf(portal),
          "--smsc-port", String.valueOf(smsc),
          "--metrics-port", String.valueOf(metrics));
    }
  }

  /**
   * Starts and waits until it is ready; what it printed is in the exception when it does not get
   * there.
   */
  public static RunningWardline start(Path data, Ports ports, String... options)
      throws IOException, InterruptedException {
    RunningWardline wardline = launch(data, ports, options);
    if (!wardline.ready.await(START_DEADLINE.toSeconds(), TimeUnit.SECONDS)
        || wardline.output().stream().noneMatch(line -> line.startsWith(READY))) {
      wardline.close();
      throw new IllegalStateException(
          "Wardline did not become ready:\n" + String.join("\n", wardline.output));
    }
    return wardline;
  }

  /** Starts without waiting, for starts that are meant to be refused. */
  public static RunningWardline launch(Path data, Ports ports, String... options)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of(root().resolve("dev").toString(), "run", "--headless"));
    command.addAll(List.of("--data", data.toString()));
    command.addAll(ports.flags());
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(Map.of("WARDLINE_BUILT", "1"));
    return new RunningWardline(data, builder.start());
  }

  /** The project's root folder. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("dev"))) {
      Path parent = folder.getParent();
      if (parent == null) {
        throw new IllegalStateException("run this inside the project");
      }
      folder = parent;
    }
    return folder;
  }

  private void read() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = reader.readLine();
      while (line != null) {
        output.add(line);
        if (line.startsWith(READY)) {
          ready.countDown();
        }
        line = reader.readLine();
      }
    } catch (IOException e) {
      output.add("output ended: " + e.getMessage());
    } finally {
      ready.countDown();
      ended.countDown();
    }
  }

  public Path data() {
    return data;
  }

  /** {@code run.json} as it is now. */
  public JsonNode run() throws IOException {
    return JSON.readTree(Files.readString(data.resolve("run.json")));
  }

  public long pid(String program) throws IOException {
    return run().path("pids").path(program).asLong();
  }

  public List<String> output() {
    return List.copyOf(output);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the launcher to end by itself. */
  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(STOP_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("still running:\n" + String.join("\n", output));
    }
    ended.await(5, TimeUnit.SECONDS);
    return process.exitValue();
  }

  /** SIGTERM, then waits; returns the exit code. */
  public int stop() throws InterruptedException {
    process.destroy();
    return awaitExit();
  }

  /** SIGKILL for one of the processes that {@code run.json} names. */
  public void kill(String program) throws IOException {
    long pid = pid(program);
    ProcessHandle.of(pid)
        .orElseThrow(() -> new IllegalStateException(program + " is not running"))
        .destroyForcibly();
  }

  /** Stops what still runs, however it got there. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
