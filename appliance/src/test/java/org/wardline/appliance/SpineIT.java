package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.smsc.SmscSimulator;
import tools.jackson.databind.JsonNode;

/**
 * A text's whole life through every process, as an outside program sees it. proves ARC-1, PHI-3,
 * MSG-1, NET-4
 */
class SpineIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LINE = "+13125550199";

  @TempDir Path dir = Path.of("");

  @Test
  void a_text_goes_out_the_answer_comes_back_a_restart_keeps_both_and_no_file_holds_them_in_clear()
      throws Exception {
    Path data = dir.resolve("data");
    RunningWardline.Ports ports = RunningWardline.Ports.free();
    String canary = "kanarienvogel" + UUID.randomUUID().toString().replace("-", "");
    String number = "+13125559731";
    String patient;
    String sent;
    List<Long> pids = new ArrayList<>();
    try (SmscSimulator carrier = Carrier.start();
        RunningWardline wardline =
            RunningWardline.start(data, ports, "--smsc", Carrier.address(carrier))) {
      assertComplete(wardline);
      for (String program : List.of("server", "postgres", "cassandra")) {
        pids.add(wardline.pid(program));
      }
      RestClient rest = new RestClient(wardline);
      patient = rest.patient(canary, canary, number);

      RestClient.Answer accepted = rest.text(number, canary + " with ümlaut and €", "life-1");
      assertThat(accepted.status()).isEqualTo(202);
      sent = accepted.body().path("id").asString();
      Until.holds("delivered", PATIENCE, () -> state(rest, sent).equals("delivered"));
      assertThat(carrier.messagesTo(number))
          .singleElement()
          .satisfies(text -> assertThat(text.text()).isEqualTo(canary + " with ümlaut and €"));

      String answer = canary + " " + "Ответ 🙂 ".repeat(12);
      carrier.sendFromPatient(number, LINE, answer).get(10, TimeUnit.SECONDS);
      Until.holds("answered", PATIENCE, () -> inbound(rest).contains(answer));
      Until.holds(
          "archived", PATIENCE, () -> metric(wardline, "wardline_archive_waiting_events") == 0);
      try (Archive archive = new Archive(wardline)) {
        List<byte[]> sealed = archive.sealed(UUID.fromString(patient));
        assertThat(sealed).hasSizeGreaterThanOrEqualTo(3);
        assertThat(sealed)
            .allSatisfy(
                bytes ->
                    assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                        .doesNotContain(canary));
        Map<UUID, Integer> once = archive.rowsByEvent();
        assertThat(once).containsEntry(UUID.fromString(sent), 1);
        assertThat(once.values()).containsOnly(1);
        archive.putBackIntoTheOutbox(wardline);
        Until.holds(
            "archived again",
            PATIENCE,
            () -> metric(wardline, "wardline_archive_waiting_events") == 0);
        assertThat(archive.rowsByEvent()).isEqualTo(once);
      }
      assertThat(Metrics.text(wardline)).doesNotContain(canary).doesNotContain("5559731");
      assertThat(wardline.stop()).isZero();
    }
    assertThat(pids).allSatisfy(pid -> assertThat(ProcessHandle.of(pid)).isEmpty());
    assertThat(filesHolding(data, canary)).isEmpty();
    assertThat(filesHolding(data, "13125559731")).isEmpty();

    try (SmscSimulator carrier = Carrier.start();
        RunningWardline again =
            RunningWardline.start(data, ports, "--smsc", Carrier.address(carrier))) {
      RestClient rest = new RestClient(again);
      JsonNode message = rest.get("/messages/" + sent).body();
      assertThat(message.path("text").asString()).isEqualTo(canary + " with ümlaut and €");
      assertThat(message.path("state").asString()).isEqualTo("delivered");
      assertThat(inbound(rest)).hasSize(1);
      assertThat(rest.text(number, "After the restart", "life-2").status()).isEqualTo(202);
      Until.holds("sent after the restart", PATIENCE, () -> carrier.messagesTo(number).size() == 1);
    }
    assertThat(filesHolding(data, canary)).isEmpty();

    Files.move(data.resolve("keys/root.key"), dir.resolve("lost.key"));
    try (RunningWardline refused = RunningWardline.launch(data, ports)) {
      assertThat(refused.awaitExit()).isEqualTo(2);
      assertThat(String.join("\n", refused.output()))
          .contains("root.key is missing")
          .contains("key backup")
          .doesNotContain("\tat ");
    }
  }

  private static String state(RestClient rest, String message)
      throws IOException, InterruptedException {
    return rest.get("/messages/" + message).body().path("state").asString();
  }

  private static List<String> inbound(RestClient rest) throws IOException, InterruptedException {
    List<String> texts = new ArrayList<>();
    rest.get("/messages?direction=in&line=main&limit=100")
        .body()
        .path("items")
        .forEach(item -> texts.add(item.path("text").asString()));
    return texts;
  }

  private static double metric(RunningWardline wardline, String name) throws Exception {
    return Metrics.text(wardline)
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  private static void assertComplete(RunningWardline wardline) throws IOException {
    JsonNode run = wardline.run();
    for (String pointer :
        List.of(
            "/console",
            "/portal",
            "/api",
            "/metrics",
            "/smsc/host",
            "/smsc/port",
            "/users/0/login",
            "/users/0/password",
            "/users/0/totpSecret",
            "/users/0/roles/0",
            "/apiToken",
            "/cassandra/contactPoint",
            "/cassandra/port",
            "/cassandra/datacenter",
            "/cassandra/username",
            "/cassandra/password",
            "/postgres/jdbcUrl",
            "/postgres/username",
            "/postgres/password",
            "/pids/server",
            "/pids/gateway",
            "/pids/postgres",
            "/pids/cassandra")) {
      assertThat(run.at(pointer).isMissingNode()).as(pointer).isFalse();
    }
    assertThat(run.path("api").asString()).endsWith("/api/v1");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(wardline.data().resolve("run.json"))))
        .isEqualTo("rw-------");
  }

  /** Every file under the folder that holds the words, as UTF-8 or as UTF-16. */
  private static List<Path> filesHolding(Path folder, String words) throws IOException {
    List<byte[]> needles =
        List.of(words.getBytes(StandardCharsets.UTF_8), words.getBytes(StandardCharsets.UTF_16BE));
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> needles.stream().anyMatch(needle -> holds(file, needle)))
          .toList();
    }
  }

  private static boolean holds(Path file, byte[] needle) {
    try (var in = new java.io.BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
      byte[] window = new byte[1 << 20];
      int kept = 0;
      int read = in.read(window, kept, window.length - kept);
      while (read > 0) {
        int length = kept + read;
        if (indexOf(window, length, needle) >= 0) {
          return true;
        }
        kept = Math.min(needle.length - 1, length);
        System.arraycopy(window, length - kept, window, 0, kept);
        read = in.read(window, kept, window.length - kept);
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int indexOf(byte[] window, int length, byte[] needle) {
    outer:
    for (int i = 0; i <= length - needle.length; i++) {
      for (int j = 0; j < needle.length; j++) {
        if (window[i + j] != needle[j]) {
          continue outer;
        }
      }
      return i;
    }
    return -1;
  }

  /** {@code /metrics} as Prometheus reads it. */
  static final class Metrics {
    private Metrics() {}

    static String text(RunningWardline wardline) throws IOException {
      try (var in =
          java.net.URI.create(wardline.run().path("metrics").asString()).toURL().openStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }
}
