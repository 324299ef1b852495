package org.wardline.gateway;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A real database whose connections break on command: before a statement, before a commit, or after
 * it, when all is durable and the caller hears of an error. For one thread at a time. A connection
 * that broke gives up its session locks, as its end would.
 */
final class FaultyDatabase implements DataSource, AutoCloseable {
  enum Fault {
    BEFORE_COMMIT,
    AFTER_COMMIT,
    BEFORE_STATEMENT
  }

  private static final String CONNECTION_FAILURE = "08006";

  private final String url;
  private final String role;
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();
  private final List<Faulty> open = new ArrayList<>();
  private @Nullable Fault planned;
  private int passing;
  private boolean away;
  private boolean struck;

  FaultyDatabase(String url, String role) {
    this.url = url;
    this.role = role;
  }

  /** The next such event but {@code passing} of them fails. */
  void plan(Fault fault, int passing) {
    planned = fault;
    this.passing = passing;
    struck = false;
  }

  /** Whether the fault that was planned came true; nothing is planned any more. */
  boolean clearPlan() {
    boolean did = struck;
    planned = null;
    struck = false;
    return did;
  }

  void away(boolean now) {
    away = now;
    if (now) {
      for (Faulty one : List.copyOf(open)) {
        one.breakDown();
      }
    }
  }

  boolean isAway() {
    return away;
  }

  private boolean strikes(Fault fault) {
    if (planned == fault && passing-- == 0) {
      planned = null;
      struck = true;
      return true;
    }
    return false;
  }

  private static SQLException lost() {
    return new SQLException("the simulation broke the connection", CONNECTION_FAILURE);
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (away) {
      throw lost();
    }
    Connection real = idle.isEmpty() ? connect() : idle.pop();
    Faulty faulty = new Faulty(real);
    open.add(faulty);
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, faulty::invoke);
  }

  private Connection connect() throws SQLException {
    Connection fresh = DriverManager.getConnection(url, role, PostgresFixture.password());
    try (Statement statement = fresh.createStatement()) {
      // A lost disk is not what is simulated; without waiting for it a seed is many times faster.
      // With one thread, whoever waits for another's lock waits for ever; a time-out is one more
      // fault.
      statement.execute(
          GatewayPool.SESSION + "; SET synchronous_commit = off; SET lock_timeout = '20ms'");
    }
    return fresh;
  }

  private final class Faulty {
    private final Connection real;
    private boolean broken;
    private boolean closed;

    Faulty(Connection real) {
      this.real = real;
    }

    private void breakDown() {
      try {
        if (!broken) {
          broken = true;
          clean();
          try (Statement statement = real.createStatement()) {
            statement.execute("SELECT pg_advisory_unlock_all()");
          }
        }
      } catch (SQLException e) {
        throw new AssertionError("the real database failed", e);
      }
    }

    private void clean() throws SQLException {
      if (!real.getAutoCommit()) {
        real.rollback();
        real.setAutoCommit(true);
      }
    }

    @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
        throws Throwable {
      switch (method.getName()) {
        case "close", "abort" -> {
          if (!closed) {
            closed = true;
            open.remove(this);
            clean();
            idle.push(real);
          }
          return null;
        }
        case "isClosed" -> {
          return broken || closed;
        }
        case "prepareStatement" -> {
          if (!broken && strikes(Fault.BEFORE_STATEMENT)) {
            breakDown();
          }
        }
        case "commit" -> {
          if (!broken && strikes(Fault.BEFORE_COMMIT)) {
            breakDown();
          } else if (!broken && strikes(Fault.AFTER_COMMIT)) {
            real.commit();
            breakDown();
          }
        }
        default -> {
          // Goes to the real one.
        }
      }
      if (broken || closed) {
        throw lost();
      }
      try {
        return method.invoke(real, arguments);
      } catch (InvocationTargetException e) {
        throw e.getTargetException();
      }
    }
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {
    // Nothing is logged.
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // Nobody waits for a simulated database.
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }

  @Override
  public void close() throws SQLException {
    for (Connection one : idle) {
      one.close();
    }
    idle.clear();
  }
}
