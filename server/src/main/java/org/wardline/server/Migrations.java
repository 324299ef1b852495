package org.wardline.server;

import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings the database's schemas to this version. Run as {@code wardline_owner}, which the running
 * server is not: its own role cannot change a table.
 */
public final class Migrations {
  private static final String LATEST = "latest";

  private Migrations() {}

  /** The gateway's schema first, because the server's may refer to it. */
  public static void run(DataSource owner) {
    runTo(owner, LATEST);
  }

  /** Stops at a version of the server's own schema: how a test gets the rows of an old release. */
  static void runTo(DataSource owner, String serverVersion) {
    migrate(owner, "sms", LATEST);
    migrate(owner, "wardline", serverVersion);
  }

  private static void migrate(DataSource owner, String schema, String target) {
    Flyway.configure()
        .dataSource(owner)
        .schemas(schema)
        .defaultSchema(schema)
        .createSchemas(true)
        .target(target)
        .locations("classpath:db/" + schema)
        .validateMigrationNaming(true)
        .cleanDisabled(true)
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .load()
        .migrate();
  }
}
