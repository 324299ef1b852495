package org.wardline.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens transactions on one database. A transaction is handed on explicitly as a {@link Tx}; there
 * is no thread-local.
 *
 * <p>Every method throws {@link DbException} for anything the database or the network refuses.
 */
public final class Db {
  private static final Logger log = LoggerFactory.getLogger(Db.class);

  private final DataSource dataSource;

  public Db(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Runs {@code work} in one transaction and commits it. When the work throws, everything is rolled
   * back and the exception goes on to the caller. Actions given to {@link Tx#afterCommit} run after
   * the commit and never before; what they throw stays here, because the caller would take it for a
   * transaction that was not committed and do the work again.
   */
  public <T> T inTransaction(Function<Tx, T> work) {
    List<Runnable> afterCommit = new ArrayList<>();
    T result;
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        Tx tx = new Tx(connection, afterCommit);
        result = work.apply(tx);
        tx.flush();
        connection.commit();
      } catch (Throwable failure) {
        rollback(connection, failure);
        throw failure;
      }
    } catch (SQLException e) {
      throw DbException.of(e);
    }
    runAll(afterCommit);
    return result;
  }

  /** Like {@link #inTransaction} for work without a result. */
  public void run(Consumer<Tx> work) {
    inTransaction(
        tx -> {
          work.accept(tx);
          return Boolean.TRUE;
        });
  }

  static void runAll(List<Runnable> afterCommit) {
    for (Runnable action : afterCommit) {
      try {
        action.run();
      } catch (RuntimeException e) {
        // The class only: its message could hold what the transaction wrote.
        log.warn("An action after a commit failed: {}", e.getClass().getName());
      }
    }
  }

  static void rollback(Connection connection, Throwable failure) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }
}
