package org.wardline.appliance;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.Row;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * The Cassandra of a running Wardline, read as an outsider with the credentials of {@code
 * run.json}.
 */
public final class Archive implements AutoCloseable {
  private final CqlSession session;

  public Archive(RunningWardline wardline) throws IOException {
    JsonNode cassandra = wardline.run().path("cassandra");
    session =
        CqlSession.builder()
            // Whole tables are read, on machines that are busy with what is measured.
            .withConfigLoader(
                DriverConfigLoader.programmaticBuilder()
                    .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(30))
                    .build())
            .addContactPoint(
                new InetSocketAddress(
                    cassandra.path("contactPoint").asString(), cassandra.path("port").asInt()))
            .withLocalDatacenter(cassandra.path("datacenter").asString())
            .withAuthCredentials(
                cassandra.path("username").asString(), cassandra.path("password").asString())
            .build();
  }

  /** How many rows each event has. */
  public Map<UUID, Integer> rowsByEvent() {
    Map<UUID, Integer> rows = new HashMap<>();
    for (Row row : session.execute("SELECT event_id FROM wardline.archive_record")) {
      rows.merge(row.getUuid("event_id"), 1, Integer::sum);
    }
    return rows;
  }

  /** Every sealed value of a patient. */
  List<byte[]> sealed(UUID patient) {
    List<byte[]> values = new ArrayList<>();
    for (Row row : session.execute("SELECT patient_id, sealed FROM wardline.archive_record")) {
      ByteBuffer value = row.getByteBuffer("sealed");
      if (patient.equals(row.getUuid("patient_id")) && value != null) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        values.add(bytes);
      }
    }
    return values;
  }

  /** As if the server had died after it wrote to the archive and before it noted that. */
  void putBackIntoTheOutbox(RunningWardline wardline) throws IOException, SQLException {
    JsonNode postgres = wardline.run().path("postgres");
    try (Connection connection =
            DriverManager.getConnection(
                postgres.path("jdbcUrl").asString(),
                postgres.path("username").asString(),
                postgres.path("password").asString());
        PreparedStatement insert =
            connection.prepareStatement(
                """
                INSERT INTO wardline.archive_outbox
                  (events, event_ids, patient_ids, kinds, times, oldest, sealed)
                VALUES (1, ARRAY[?::uuid], ARRAY[?::uuid], ARRAY[?::text], ARRAY[?::timestamptz], now(), ARRAY[?::bytea])
                """)) {
      connection.setAutoCommit(false);
      for (Row row :
          session.execute(
              "SELECT event_id, patient_id, kind, at, sealed FROM wardline.archive_record")) {
        insert.setObject(1, row.getUuid("event_id"));
        insert.setObject(2, row.getUuid("patient_id"));
        insert.setString(3, row.getString("kind"));
        insert.setObject(4, Objects.requireNonNull(row.getInstant("at")).atOffset(ZoneOffset.UTC));
        insert.setBytes(5, Objects.requireNonNull(row.getByteBuffer("sealed")).array());
        insert.addBatch();
      }
      insert.executeBatch();
      connection.commit();
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
