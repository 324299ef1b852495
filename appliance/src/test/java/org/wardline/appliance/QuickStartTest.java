package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.appliance.engines.OsProcess;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The launcher as its own process, the way a person and a service manager meet it. */
class QuickStartTest {
  private static final Duration READY_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

  @TempDir Path dir = Path.of("");

  private record Run(Process process, Path output, Path log) {
    String text() throws IOException {
      return Files.readString(output);
    }

    int exit() throws InterruptedException {
      assertThat(process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)).as("ended").isTrue();
      return process.exitValue();
    }

    void awaitReady() throws IOException, InterruptedException {
      long deadline = System.nanoTime() + READY_LIMIT.toNanos();
      while (!text().contains("Wardline is ready: https://localhost:")) {
        if (!process.isAlive() && Files.exists(log)) {
          assertThat(text()).as(Files.readString(log)).contains("Wardline is ready");
        }
        assertThat(process.isAlive()).as(text()).isTrue();
        assertThat(System.nanoTime()).as(text()).isLessThan(deadline);
        Thread.sleep(100);
      }
    }
  }

  @Test
  void it_gets_ready_heals_refuses_a_second_start_survives_its_own_sigkill_and_stops_clean()
      throws Exception {
    Path data = dir.resolve("data");
    Run first = start("--data", data.toString());
    first.awaitReady();
    assertThat(first.text().strip().lines().toList().getLast())
        .startsWith("Wardline is ready: https://localhost:");
    JsonNode run = runJson(data);
    for (String key :
        List.of(
            "console",
            "portal",
            "api",
            "metrics",
            "smsc",
            "users",
            "apiToken",
            "cassandra",
            "postgres",
            "pids")) {
      assertThat(run.has(key)).as(key).isTrue();
    }
    assertThat(run.path("api").asString("")).endsWith("/api/v1");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("run.json"))))
        .isEqualTo("rw-------");

    Run second = start("--data", data.toString());
    assertThat(second.exit()).isEqualTo(2);
    assertThat(second.text()).contains("already runs (pid " + first.process().pid() + ")");
    assertOneLineWithoutTrace(second.text());

    long postgres = run.path("pids").path("postgres").asLong(0);
    OsProcess.of(postgres).orElseThrow().kill();
    await(() -> runJson(data).path("pids").path("postgres").asLong(0) != postgres);
    assertThat(first.text()).contains("ended unexpectedly");

    first.process().destroyForcibly().waitFor();
    assertThat(engines(data)).hasSize(2);
    Run third = start("--data", data.toString(), "--demo");
    third.awaitReady();
    assertThat(third.text()).contains("taken over");

    third.process().destroy();
    assertThat(third.exit()).isZero();
    assertThat(third.text()).endsWith("Wardline has stopped.\n");
    assertThat(data.resolve("run.json")).doesNotExist();
    assertThat(engines(data)).isEmpty();
  }

  @Test
  void sigterm_in_the_middle_of_the_start_leaves_no_process_behind() throws Exception {
    Path data = dir.resolve("data");
    Run run = start("--data", data.toString());
    await(() -> engines(data).size() == 2);
    run.process().destroy();
    assertThat(run.exit()).isZero();
    assertThat(engines(data)).isEmpty();
    assertThat(run.text()).doesNotContain("\tat ").endsWith("Wardline has stopped.\n");
  }

  @Test
  void a_taken_public_port_stops_the_start_with_the_flag_that_changes_it() throws Exception {
    try (ServerSocket foreign = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Run run =
          start(
              "--data",
              dir.resolve("d").toString(),
              "--console-port",
              Integer.toString(foreign.getLocalPort()));
      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.text())
          .contains("Port " + foreign.getLocalPort())
          .contains("--console-port PORT");
      assertOneLineWithoutTrace(run.text());
    }
  }

  @Test
  void wrong_usage_and_unusable_folders_end_with_2_and_one_line() throws Exception {
    Path file = Files.createFile(dir.resolve("file"));
    for (List<String> arguments :
        List.of(
            List.of("--data", file.toString()),
            List.of("--data", dir.resolve("e").toString(), "--smsc", "nonsense"),
            List.of("--data", dir.resolve("e").toString(), "--portal-port", "70000"))) {
      Run run = start(arguments.toArray(String[]::new));
      assertThat(run.exit()).as(run.text()).isEqualTo(2);
      assertOneLineWithoutTrace(run.text());
    }
  }

  private static void assertOneLineWithoutTrace(String text) {
    assertThat(text).doesNotContain("\tat ").doesNotContain("Exception");
    assertThat(text.lines().filter(line -> !line.startsWith("Wardline starts"))).hasSize(1);
  }

  /** The engines' processes of this folder. */
  private static List<OsProcess> engines(Path data) {
    List<OsProcess> found =
        new ArrayList<>(
            OsProcess.withArguments(
                List.of("-Dcassandra.storagedir=" + data.resolve("cassandra"))));
    found.addAll(OsProcess.withArguments(List.of("-D", data.resolve("postgres/data").toString())));
    return found;
  }

  private static JsonNode runJson(Path data) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(data.resolve("run.json")));
  }

  private interface Check {
    boolean holds() throws IOException;
  }

  private static void await(Check check) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
    while (!check.holds()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(50);
    }
  }

  private Run start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dwardline.engines=" + Path.of("engines/target").toAbsolutePath(),
                "-cp",
                System.getProperty("java.class.path"),
                QuickStart.class.getName(),
                "--headless"));
    List<String> given = List.of(arguments);
    for (String flag :
        List.of("--console-port", "--portal-port", "--smsc-port", "--metrics-port")) {
      if (!given.contains(flag)) {
        command.addAll(List.of(flag, Integer.toString(freePort())));
      }
    }
    command.addAll(given);
    Path output = Files.createTempFile(dir, "run", ".out");
    return new Run(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start(),
        output,
        dir.resolve("data/logs/wardline.log"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
