package org.wardline.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.wardline.jdbc.Db;
import org.wardline.metrics.Metrics;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.TransportKeys;

/** What simulations of one worker share: a real database, keys, and connections to both. */
record SimulationGround(
    FaultyDatabase database,
    FaultyDatabase serversDatabase,
    Connection owner,
    SmsQueue queue,
    GatewayMetrics metrics)
    implements AutoCloseable {

  static SimulationGround open() {
    try {
      PostgresFixture postgres = PostgresFixture.shared();
      String name = postgres.freshDatabase();
      // A vacuum that happens to hold a lock, or new statistics, would be chance of its own.
      for (String table : List.of("outbound", "segment", "receipt", "event")) {
        postgres.execute(
            name, "wardline_owner", "ALTER TABLE sms." + table + " SET (autovacuum_enabled = off)");
      }
      TransportKeys keys =
          TransportKeys.loadOrCreate(
              Files.createTempDirectory("wardline-simulation").resolve("transport.key"));
      return new SimulationGround(
          new FaultyDatabase(postgres.url(name), "wardline_gateway"),
          new FaultyDatabase(postgres.url(name), "wardline_server"),
          SimulationChecks.open(name),
          new SmsQueue(keys),
          new GatewayMetrics(new Metrics()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Db server() {
    return new Db(serversDatabase);
  }

  @Override
  public void close() throws SQLException {
    database.close();
    serversDatabase.close();
    owner.close();
  }
}
