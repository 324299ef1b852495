package org.wardline.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * One connection kept on purpose, for what belongs to a database session: a session-level advisory
 * lock, and the work that must not happen without it. A transaction that commits here proves that
 * the lock was still held. Not safe for several threads.
 */
public final class HeldConnection implements AutoCloseable {
  private final Connection connection;

  public HeldConnection(DataSource dataSource) {
    try {
      this.connection = dataSource.getConnection();
    } catch (SQLException e) {
      throw DbException.of(e);
    }
  }

  /** Like {@link Db#inTransaction}; after a {@link DbException} the session may be gone. */
  public <T> T inTransaction(Function<Tx, T> work) {
    List<Runnable> afterCommit = new ArrayList<>();
    T result;
    try {
      connection.setAutoCommit(false);
      try {
        Tx tx = new Tx(connection, afterCommit);
        result = work.apply(tx);
        tx.flush();
        connection.commit();
      } catch (Throwable failure) {
        Db.rollback(connection, failure);
        throw failure;
      }
    } catch (SQLException e) {
      throw DbException.of(e);
    }
    Db.runAll(afterCommit);
    return result;
  }

  /**
   * Gives up every session lock before the connection goes back to its pool. When that fails, the
   * session is ended instead: a pooled connection that still holds the lock would keep every
   * gateway from the link.
   */
  @Override
  public void close() {
    try (connection) {
      try {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
          statement.execute("SELECT pg_advisory_unlock_all()");
        }
      } catch (SQLException e) {
        connection.abort(Runnable::run);
      }
    } catch (SQLException e) {
      // The session is gone, and its locks with it.
    }
  }
}
