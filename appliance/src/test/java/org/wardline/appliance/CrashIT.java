package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.smsc.SmscSimulator;
import tools.jackson.databind.JsonNode;

/**
 * SIGKILL for each process in the middle of 2,000 texts. The carrier stands outside and keeps its
 * own log. proves NET-3, ARC-1; attacks 1, 6 and 7 of the proofs
 */
class CrashIT {
  private static final int TEXTS = 2_000;
  private static final int CLIENTS = 24;
  private static final int KILL_AFTER_ACCEPTED = 700;

  /**
   * The gateway's window: never more texts than this can be on their way without a durable result.
   */
  private static final int WINDOW = 100;

  private static final Duration ACCEPT_LIMIT = Duration.ofMinutes(3);
  private static final Duration DELIVER_LIMIT = Duration.ofMinutes(3);

  @TempDir static Path dir = Path.of("");
  private static RunningWardline.Ports ports = new RunningWardline.Ports(0, 0, 0, 0);
  private static SmscSimulator carrier;
  private static RunningWardline wardline;
  private static List<String> numbers = List.of();

  @BeforeAll
  static void start() throws Exception {
    ports = RunningWardline.Ports.free();
    carrier = Carrier.start();
    wardline = startOrRestart();
    numbers = IntStream.range(0, 150).mapToObj(i -> "+1312%07d".formatted(2_000_000 + i)).toList();
    RestClient rest = new RestClient(wardline);
    for (String number : numbers) {
      rest.patient("Crash", "Test", number);
    }
  }

  private static RunningWardline startOrRestart() throws Exception {
    return RunningWardline.start(
        dir.resolve("data"), ports, "--separate", "--smsc", Carrier.address(carrier));
  }

  @AfterAll
  static void stop() {
    wardline.close();
    carrier.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gateway", "postgres", "cassandra", "server"})
  void every_accepted_text_survives_a_sigkill_of(String program) throws Exception {
    Map<String, String> wordsById = new HashMap<>();
    AtomicInteger next = new AtomicInteger();
    AtomicInteger accepted = new AtomicInteger();
    List<Thread> clients = new ArrayList<>();
    for (int c = 0; c < CLIENTS; c++) {
      clients.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = next.getAndIncrement(); i < TEXTS; i = next.getAndIncrement()) {
                      String words = program + " " + i;
                      String id = untilAccepted(numbers.get(i % numbers.size()), words);
                      synchronized (wordsById) {
                        wordsById.put(id, words);
                      }
                      accepted.incrementAndGet();
                    }
                  }));
    }
    Until.holds(
        "enough accepted to kill", ACCEPT_LIMIT, () -> accepted.get() >= KILL_AFTER_ACCEPTED);
    wardline.kill(program);
    if (program.equals("server")) {
      wardline.awaitExit();
      wardline = startOrRestart();
    }
    for (Thread client : clients) {
      client.join(ACCEPT_LIMIT);
    }
    assertThat(accepted).hasValue(TEXTS);

    Until.holds("all delivered", DELIVER_LIMIT, () -> undelivered() == 0);
    Map<String, Integer> carried = new HashMap<>();
    for (String number : numbers) {
      carrier.messagesTo(number).forEach(text -> carried.merge(text.text(), 1, Integer::sum));
    }
    assertThat(carried.keySet()).containsAll(wordsById.values());
    Set<String> marked = marked();
    Set<String> twice = new HashSet<>();
    wordsById.forEach(
        (id, words) -> {
          if (carried.getOrDefault(words, 0) > 1) {
            twice.add(id);
          }
        });
    assertThat(marked).as("every duplicate is marked").containsAll(twice);
    assertThat(twice).as("duplicates only inside the window").hasSizeLessThanOrEqualTo(WINDOW);
    Until.holds(
        "all archived",
        DELIVER_LIMIT,
        () -> count("SELECT count(*) FROM wardline.archive_outbox") == 0);
    try (Archive archive = new Archive(wardline)) {
      Map<java.util.UUID, Integer> rows = archive.rowsByEvent();
      assertThat(wordsById.keySet())
          .allSatisfy(id -> assertThat(rows).containsEntry(java.util.UUID.fromString(id), 1));
      assertThat(rows.values()).containsOnly(1);
    }
  }

  /** As a careful client does: the same key until there is an answer. */
  private static String untilAccepted(String number, String words) {
    long deadline = System.nanoTime() + ACCEPT_LIMIT.toNanos();
    String key = words.replace(' ', '-');
    String last = "";
    while (System.nanoTime() < deadline) {
      try {
        RestClient.Answer answer = new RestClient(wardline).text(number, words, key);
        if (answer.status() == 202) {
          return answer.body().path("id").asString();
        }
        last = answer.toString();
      } catch (IOException | RuntimeException | java.security.GeneralSecurityException e) {
        last = e.toString();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      pause();
    }
    throw new IllegalStateException("never accepted: " + last);
  }

  private static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(200));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long undelivered() throws IOException {
    return count(
        "SELECT count(*) FROM wardline.message WHERE direction = 'out' AND state <> 'delivered'");
  }

  /** -1 while the database is away. */
  private static long count(String sql) throws IOException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    } catch (SQLException e) {
      return -1;
    }
  }

  private static Set<String> marked() throws Exception {
    Set<String> ids = new HashSet<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT id::text FROM wardline.message WHERE may_be_duplicate")) {
      while (result.next()) {
        ids.add(result.getString(1));
      }
    }
    return ids;
  }

  private static Connection connect() throws IOException, SQLException {
    JsonNode postgres = wardline.run().path("postgres");
    return DriverManager.getConnection(
        postgres.path("jdbcUrl").asString(),
        postgres.path("username").asString(),
        postgres.path("password").asString());
  }
}
