package org.wardline.appliance.engines;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.postgresql.PGConnection;
import org.wardline.config.Secret;

/**
 * Who may sign in to PostgreSQL. Only names and passwords are made here; what each may touch is
 * granted by the migrations. Safe to run at every start: it adds what is missing.
 */
final class PostgresRoles {
  static final String ADMIN = "wardline_admin";
  static final String OWNER = "wardline_owner";
  static final String SERVER = "wardline_server";
  static final String GATEWAY = "wardline_gateway";
  static final String DATABASE = "wardline";

  private final Secrets secrets;

  PostgresRoles(Secrets secrets) {
    this.secrets = secrets;
  }

  /** The file's name in {@code DIR/secrets}: {@code postgres-owner} for {@code wardline_owner}. */
  static String secretName(String role) {
    return role.replace("wardline_", "postgres-");
  }

  void ensure(Connection admin) throws SQLException {
    for (String role : List.of(OWNER, SERVER, GATEWAY)) {
      ensure(admin, role);
    }
    try (Statement statement = admin.createStatement()) {
      if (!exists(admin, "SELECT 1 FROM pg_database WHERE datname = ?", DATABASE)) {
        statement.execute("CREATE DATABASE %s OWNER %s".formatted(DATABASE, OWNER));
      }
      // By default everybody may connect to and make temporary tables in every database.
      for (String database : List.of(DATABASE, "postgres")) {
        statement.execute("REVOKE ALL ON DATABASE %s FROM PUBLIC".formatted(database));
      }
      statement.execute(
          "GRANT CONNECT ON DATABASE %s TO %s, %s".formatted(DATABASE, SERVER, GATEWAY));
    }
  }

  private void ensure(Connection admin, String role) throws SQLException {
    boolean hadSecret = secrets.has(secretName(role));
    boolean existed = exists(admin, "SELECT 1 FROM pg_roles WHERE rolname = ?", role);
    if (hadSecret && existed) {
      return;
    }
    Secret password = secrets.getOrMake(secretName(role));
    try (Statement statement = admin.createStatement()) {
      if (!existed) {
        statement.execute("CREATE ROLE %s LOGIN".formatted(role));
      }
      // An ERROR can quote the value it refuses. Wardline logs its own failures, without values.
      statement.execute("ALTER ROLE %s SET log_min_messages = 'log'".formatted(role));
    }
    // The driver sends a SCRAM verifier, so the clear password is never part of a statement.
    admin
        .unwrap(PGConnection.class)
        .alterUserPassword(role, password.reveal().toCharArray(), "scram-sha-256");
  }

  private static boolean exists(Connection admin, String sql, String name) throws SQLException {
    try (PreparedStatement statement = admin.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }
}
