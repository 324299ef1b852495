package org.wardline.server;

import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings the database's schemas to this version. Run as {@code wardline_owner}, which the running
 * server is not: its own role cannot change a table.
 */
public final class Migrations {
  private Migrations() {}

  /** The gateway's schema first, because the server's may refer to it. */
  public static void run(DataSource owner) {
    migrate(owner, "sms");
    migrate(owner, "wardline");
  }

  private static void migrate(DataSource owner, String schema) {
    Flyway.configure()
        .dataSource(owner)
        .schemas(schema)
        .defaultSchema(schema)
        .createSchemas(true)
        .locations("classpath:db/" + schema)
        .validateMigrationNaming(true)
        .cleanDisabled(true)
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .load()
        .migrate();
  }
}
