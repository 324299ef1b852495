package org.wardline.appliance.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.wardline.appliance.RestClient;
import org.wardline.appliance.RunningWardline;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Texts per second from the REST interface to the carrier's receipt, everything on: fsync,
 * encryption, consent check, audit, archive, TLS, carrier and load client on the same machine. The
 * clock runs from the first request to the moment the last text is {@code delivered} in the
 * database.
 */
final class Throughput {
  private static final Duration DRAIN_DEADLINE = Duration.ofMinutes(10);

  private Throughput() {}

  static void run(String[] options) throws Exception {
    int texts = options.length > 0 ? Integer.parseInt(options[0]) : 20_000;
    int clients = options.length > 1 ? Integer.parseInt(options[1]) : 64;
    int patients = 2_000;
    int warmUp = Math.min(texts, 5_000);
    Path data = Files.createTempDirectory("wardline-bench");
    try (RunningWardline wardline = RunningWardline.start(data, RunningWardline.Ports.free())) {
      List<String> numbers =
          IntStream.range(0, patients).mapToObj(i -> "+1312%07d".formatted(2_000_000 + i)).toList();
      Load load = new Load(new RestClient(wardline), numbers, clients);
      System.err.println("putting " + patients + " patients on file …");
      load.patients();
      System.err.println("warming up with " + warmUp + " texts …");
      load.texts("warm-up", warmUp);
      awaitDelivered(wardline, warmUp);
      awaitArchived(wardline);
      System.err.println("measuring " + texts + " texts with " + clients + " clients …");
      Cost before = Cost.of(wardline);
      long start = System.nanoTime();
      long[] accept = load.texts("measured", texts);
      double acceptSeconds = (System.nanoTime() - start) / 1e9;
      awaitDelivered(wardline, warmUp + texts);
      double seconds = (System.nanoTime() - start) / 1e9;
      Map<String, Double> cpu = Cost.of(wardline).since(before);
      awaitArchived(wardline);
      double archivedSeconds = (System.nanoTime() - start) / 1e9;
      Map<String, Double> cpuArchived = Cost.of(wardline).since(before);
      double[] delivery = deliverySeconds(wardline);

      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("bench", "throughput");
      figures.put("texts", texts);
      figures.put("clients", clients);
      figures.put("textsPerSecond", Math.round(texts / seconds));
      figures.put("acceptedPerSecond", Math.round(texts / acceptSeconds));
      figures.put("acceptMillisP50", round(Load.percentileMillis(accept, 50)));
      figures.put("acceptMillisP99", round(Load.percentileMillis(accept, 99)));
      figures.put("deliveredSecondsP50", round(delivery[0]));
      figures.put("deliveredSecondsP99", round(delivery[1]));
      Map<String, Double> perThousand = new LinkedHashMap<>();
      cpu.forEach((name, value) -> perThousand.put(name, round(value * 1000 / texts)));
      figures.put("cpuSecondsPer1000", perThousand);
      figures.put(
          "cpuSecondsPer1000Archived", round(cpuArchived.getOrDefault("all", 0.0) * 1000 / texts));
      figures.put("archivedPerSecond", Math.round(texts / archivedSeconds));
      figures.put("peakRssMegabytes", Cost.residentMegabytes(wardline, "VmHWM"));
      System.out.println(new JsonMapper().writeValueAsString(figures));
    } finally {
      Folders.delete(data);
    }
  }

  static void awaitDelivered(RunningWardline wardline, int count) throws Exception {
    await(
        wardline,
        "SELECT count(*) >= "
            + count
            + " FROM wardline.message WHERE direction = 'out' AND state = 'delivered'",
        "texts delivered");
  }

  static void awaitArchived(RunningWardline wardline) throws Exception {
    await(wardline, "SELECT NOT EXISTS (SELECT 1 FROM wardline.archive_outbox)", "events archived");
  }

  private static void await(RunningWardline wardline, String sql, String what) throws Exception {
    long deadline = System.nanoTime() + DRAIN_DEADLINE.toNanos();
    try (Connection connection = connect(wardline);
        Statement statement = connection.createStatement()) {
      while (System.nanoTime() < deadline) {
        try (ResultSet result = statement.executeQuery(sql)) {
          result.next();
          if (result.getBoolean(1)) {
            return;
          }
        }
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException("not all " + what + " within " + DRAIN_DEADLINE);
  }

  private static double[] deliverySeconds(RunningWardline wardline) throws Exception {
    try (Connection connection = connect(wardline);
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                """
                SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM h.at - m.created_at))
                FROM wardline.message m JOIN wardline.message_history h ON h.message_id = m.id AND h.state = 'delivered'
                """)) {
      result.next();
      Double[] values = (Double[]) result.getArray(1).getArray();
      return new double[] {values[0], values[1]};
    }
  }

  static Connection connect(RunningWardline wardline) throws Exception {
    JsonNode postgres = wardline.run().path("postgres");
    try {
      return DriverManager.getConnection(
          postgres.path("jdbcUrl").asString(),
          postgres.path("username").asString(),
          postgres.path("password").asString());
    } catch (SQLException e) {
      throw new IllegalStateException("no connection to the bench's PostgreSQL", e);
    }
  }

  static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
