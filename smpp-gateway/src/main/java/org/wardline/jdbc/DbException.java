package org.wardline.jdbc;

import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The database refused or was out of reach. The message holds the SQLSTATE and the name of a
 * violated constraint only: the server's own words can quote a row ("Key (…)=(…) already exists")
 * and must not reach a log.
 */
public final class DbException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String sqlState;
  private final @Nullable String constraint;

  DbException(
      String message,
      @Nullable String sqlState,
      @Nullable String constraint,
      @Nullable Throwable cause) {
    super(message, cause);
    this.sqlState = sqlState;
    this.constraint = constraint;
  }

  static DbException of(SQLException e) {
    String constraint = null;
    String primary = e.getClass().getSimpleName();
    ServerErrorMessage words =
        e instanceof PSQLException refused ? refused.getServerErrorMessage() : null;
    if (words != null) {
      constraint = words.getConstraint();
      // PostgreSQL keeps row values in DETAIL; the primary line names tables and columns. Invalid
      // input
      // (class 22) is the exception: it quotes the value.
      String state = Objects.requireNonNullElse(e.getSQLState(), "");
      primary =
          state.startsWith("22")
              ? "invalid value"
              : Objects.requireNonNullElse(words.getMessage(), "refused");
    } else if (e.getSQLState() != null && e.getSQLState().startsWith("08")) {
      primary = "connection to the database lost or refused";
    }
    DbException translated =
        new DbException(
            "database: " + primary + " (SQLSTATE " + e.getSQLState() + ")",
            e.getSQLState(),
            constraint,
            null);
    translated.setStackTrace(e.getStackTrace());
    return translated;
  }

  /** True when the named constraint was violated (SQLSTATE class 23). */
  public boolean violates(String constraintName) {
    return constraintName.equals(constraint);
  }

  /**
   * True when trying again may help: the connection, a restart, a deadlock or a serialization
   * failure.
   */
  public boolean isTransient() {
    return sqlState == null
        || sqlState.startsWith("08")
        || sqlState.startsWith("57P")
        || sqlState.startsWith("40")
        || sqlState.startsWith("53");
  }
}
