package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.gateway.FakeCarrier.Taken;

/** The gateway as its own process, killed with SIGKILL and stopped with SIGTERM. */
@Timeout(180)
class GatewayProcessTest {
  private static final long MAX_RSS_KB = 150 * 1024;

  private final GatewayWorld world = new GatewayWorld();
  private final List<Process> processes = new ArrayList<>();
  @TempDir Path folder = Path.of("");
  private int metricsPort;

  @AfterEach
  void end() throws IOException {
    processes.forEach(Process::destroyForcibly);
    world.close();
  }

  private Process start() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      metricsPort = socket.getLocalPort();
    }
    secret("db.secret", PostgresFixture.password());
    secret("link.secret", "pw");
    Path config = folder.resolve("gateway.yaml");
    Files.writeString(
        config,
        """
        transport-keys: %s
        metrics-port: %d
        database:
          url: %s
          password: file:db.secret
        link:
          host: 127.0.0.1
          port: %d
          system-id: clinic
          password: file:link.secret
          window: 50
        """
            .formatted(
                world.keyFile,
                metricsPort,
                PostgresFixture.shared().url(world.database),
                world.carrier.port()));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ReservedCodeCacheSize=32m",
                "-cp",
                System.getProperty("java.class.path"),
                GatewayMain.class.getName(),
                "--config",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(new File(folder.toFile(), "log"))
            .start();
    processes.add(process);
    return process;
  }

  private void secret(String name, String value) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, value);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private String get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metricsPort + path)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  @Test
  void killed_in_the_middle_and_stopped_cleanly_it_loses_nothing_and_stays_small()
      throws IOException, InterruptedException {
    Process first = start();
    world.await("bound", Duration.ofSeconds(60), () -> world.carrier.binds.get() == 1);
    List<UUID> ids =
        world.sendAll(IntStream.range(0, 2_000).mapToObj(GatewayWorld::number).toList(), "t ");
    world.await("under way", () -> world.carrier.log.size() > 600);
    first.destroyForcibly().waitFor();
    Process second = start();
    world.awaitAllFinal(ids);

    Map<String, Long> copies =
        world.carrier.log.stream()
            .collect(Collectors.groupingBy(Taken::text, Collectors.counting()));
    int twice = 0;
    for (int i = 0; i < ids.size(); i++) {
      assertThat(copies.getOrDefault("t " + i, 0L)).isBetween(1L, 2L);
      if (copies.getOrDefault("t " + i, 0L) == 2) {
        twice++;
        assertThat(world.last(ids.get(i)).mayBeDuplicate()).isTrue();
      }
    }
    assertThat(twice).isLessThanOrEqualTo(50);
    assertThat(get("/health")).contains("Connected to the carrier");
    assertThat(get("/metrics")).contains("wardline_gateway_submits_total").doesNotContain("t 1");
    long rss =
        Files.readAllLines(Path.of("/proc/" + second.pid() + "/status")).stream()
            .filter(line -> line.startsWith("VmRSS"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow();
    System.out.println("gateway process RSS after 2,000 texts: " + rss / 1024 + " MB");
    assertThat(rss).isLessThan(MAX_RSS_KB);
    second.destroy();
    assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(world.gatewayCount("link WHERE state = 'stopped'")).isEqualTo(1);
  }

  /** The carrier forgets a receipt once it was answered, and delivers only the others again. */
  @Test
  void receipts_are_not_forgotten_over_a_kill() throws IOException, InterruptedException {
    world.carrier.script = taken -> FakeCarrier.Answer.NO_RECEIPT;
    Process first = start();
    world.await("bound", Duration.ofSeconds(60), () -> world.carrier.binds.get() == 1);
    List<UUID> ids =
        world.sendAll(IntStream.range(0, 1_000).mapToObj(GatewayWorld::number).toList(), "t ");
    world.await("sent", () -> ids.stream().allMatch(id -> world.states(id).contains("sent")));
    Map<Integer, CompletableFuture<Integer>> answers = new ConcurrentHashMap<>();
    for (int segment = 1_001; segment <= 2_000; segment++) {
      answers.put(segment, world.carrier.receipt("m" + segment, "DELIVRD"));
    }
    world.await("under way", () -> answered(answers) > 50);
    first.destroyForcibly().waitFor();
    List<Integer> again =
        answers.entrySet().stream()
            .filter(one -> one.getValue().join() != 0)
            .map(Map.Entry::getKey)
            .toList();
    System.out.println("receipts to deliver again after the kill: " + again.size());
    start();
    world.await("bound again", Duration.ofSeconds(60), () -> world.carrier.binds.get() == 2);
    again.forEach(segment -> world.carrier.receipt("m" + segment, "DELIVRD").join());
    world.awaitAllFinal(ids);
    assertThat(ids)
        .allSatisfy(
            id -> assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered"));
  }

  private static long answered(Map<Integer, CompletableFuture<Integer>> answers) {
    return answers.values().stream().filter(one -> one.getNow(-1) == 0).count();
  }

  @Test
  void an_unknown_key_refuses_the_start_with_its_line() throws IOException, InterruptedException {
    Path config = folder.resolve("bad.yaml");
    Files.writeString(config, "transport-keys: x\nlnk:\n  host: y\n");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                GatewayMain.class.getName(),
                "--config",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(new File(folder.toFile(), "log"))
            .start();
    processes.add(process);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(Files.readString(folder.resolve("log")))
        .contains("line 2")
        .contains("link")
        .doesNotContain("\tat ");
  }
}
