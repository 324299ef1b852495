package org.wardline.appliance.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.wardline.appliance.RunningWardline;
import tools.jackson.databind.JsonNode;

/** The PostgreSQL of a running Wardline, looked at from outside. */
public final class Database {
  private static final Duration LOOK = Duration.ofMillis(100);

  private Database() {}

  public static Connection connect(RunningWardline wardline) throws IOException, SQLException {
    JsonNode postgres = wardline.run().path("postgres");
    return DriverManager.getConnection(
        postgres.path("jdbcUrl").asString(),
        postgres.path("username").asString(),
        postgres.path("password").asString());
  }

  /** Makes a row of the result into a value; the strings are null where the columns are. */
  public interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  public static <T> List<T> rows(RunningWardline wardline, String sql, Reader<T> reader)
      throws IOException, SQLException {
    try (Connection connection = connect(wardline);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<T> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(reader.read(result));
      }
      return rows;
    }
  }

  public static long number(RunningWardline wardline, String sql) throws IOException, SQLException {
    return rows(wardline, sql, row -> row.getLong(1)).getFirst();
  }

  static int update(RunningWardline wardline, String sql) throws IOException, SQLException {
    try (Connection connection = connect(wardline);
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  /** Looks ten times a second until the condition, one boolean, is true. */
  public static void await(RunningWardline wardline, String condition, String what, Duration limit)
      throws IOException, SQLException, InterruptedException {
    if (!holds(wardline, condition, limit)) {
      throw new IllegalStateException("not all " + what + " within " + limit);
    }
  }

  /** Whether the condition came true in time. */
  public static boolean holds(RunningWardline wardline, String condition, Duration limit)
      throws IOException, SQLException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    try (Connection connection = connect(wardline);
        Statement statement = connection.createStatement()) {
      while (true) {
        try (ResultSet result = statement.executeQuery(condition)) {
          result.next();
          if (result.getBoolean(1)) {
            return true;
          }
        }
        if (System.nanoTime() > deadline) {
          return false;
        }
        Thread.sleep(LOOK);
      }
    }
  }

  /** The median and the 99th percentile, of one number a row. */
  static double[] percentiles(RunningWardline wardline, String numbers)
      throws IOException, SQLException {
    return rows(
            wardline,
            "SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY n), 0),"
                + " coalesce(percentile_cont(0.99) WITHIN GROUP (ORDER BY n), 0) FROM ("
                + numbers
                + ") AS t (n)",
            row -> new double[] {row.getDouble(1), row.getDouble(2)})
        .getFirst();
  }
}
