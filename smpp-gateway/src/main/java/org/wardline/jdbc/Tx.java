package org.wardline.jdbc;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One open transaction. Parameters are bound by type: strings, numbers, booleans, {@link UUID},
 * {@link Instant}, {@code byte[]} and the arrays {@code String[] UUID[] Long[] Integer[] Instant[]
 * Boolean[] byte[][]}, which become SQL arrays for set-based statements ({@code
 * unnest(?::uuid[])}).
 */
public final class Tx {
  private final Connection connection;
  private final List<Runnable> afterCommit;
  private final List<Later> later = new ArrayList<>();

  private record Later(String sql, @Nullable Object[] parameters) {}

  Tx(Connection connection, List<Runnable> afterCommit) {
    this.connection = connection;
    this.afterCommit = afterCommit;
  }

  /**
   * Runs a statement whose result nobody needs, in its place among the others but not at once: it
   * travels with those after it, up to the next one that is waited for or to the commit. A way to
   * the database and back costs about as much as the statement. What it is refused for is thrown
   * there.
   */
  public void later(String sql, @Nullable Object... parameters) {
    later.add(new Later(sql, parameters));
  }

  /** Sends what {@link #later} put off; whoever commits calls it before. */
  void flush() throws SQLException {
    if (!later.isEmpty()) {
      Later last = later.removeLast();
      execute(last.sql(), last.parameters()).close();
    }
  }

  /** Runs a statement that changes rows and returns how many it changed. */
  public int update(String sql, @Nullable Object... parameters) {
    try (PreparedStatement statement = execute(sql, parameters)) {
      int changed = statement.getUpdateCount();
      if (changed < 0) {
        throw new IllegalStateException("this statement changes no rows; ask with query()");
      }
      return changed;
    } catch (SQLException e) {
      throw DbException.of(e);
    }
  }

  /** Runs a query (or a statement with {@code RETURNING}) and maps every row. */
  public <T> List<T> query(String sql, RowMapper<T> mapper, @Nullable Object... parameters) {
    try (PreparedStatement statement = execute(sql, parameters);
        ResultSet resultSet = statement.getResultSet()) {
      List<T> rows = new ArrayList<>();
      Row row = new Row(resultSet);
      while (resultSet.next()) {
        rows.add(mapper.map(row));
      }
      return rows;
    } catch (SQLException e) {
      throw DbException.of(e);
    }
  }

  /**
   * Runs the statement and whatever was put off before it, in their order; the result at hand is
   * the statement's own. The driver sends the statements of one text one after the other and waits
   * once.
   */
  private PreparedStatement execute(String sql, @Nullable Object... parameters)
      throws SQLException {
    if (later.isEmpty()) {
      PreparedStatement statement = prepare(sql, parameters);
      return executed(statement, 0);
    }
    StringJoiner together = new StringJoiner(";\n");
    List<@Nullable Object> all = new ArrayList<>();
    for (Later one : later) {
      together.add(one.sql().strip());
      Collections.addAll(all, one.parameters());
    }
    int before = later.size();
    later.clear();
    together.add(sql.strip());
    Collections.addAll(all, parameters);
    return executed(prepare(together.toString(), all.toArray()), before);
  }

  private static PreparedStatement executed(PreparedStatement statement, int resultsBefore)
      throws SQLException {
    try {
      statement.execute();
      for (int i = 0; i < resultsBefore; i++) {
        statement.getMoreResults();
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  /** The first row of a query, if it has one. */
  public <T> Optional<T> first(String sql, RowMapper<T> mapper, @Nullable Object... parameters) {
    List<T> rows = query(sql, mapper, parameters);
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  /** The only row of a query that always has exactly one, such as a count. */
  public <T> T one(String sql, RowMapper<T> mapper, @Nullable Object... parameters) {
    return first(sql, mapper, parameters).orElseThrow();
  }

  /** Registers something to do once this transaction is durable, such as telling the browsers. */
  public void afterCommit(Runnable action) {
    afterCommit.add(action);
  }

  private PreparedStatement prepare(String sql, @Nullable Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < parameters.length; i++) {
        bind(statement, i + 1, parameters[i]);
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private void bind(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setNull(index, Types.NULL);
      case Instant instant -> statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
      case byte[] bytes -> statement.setBytes(index, bytes);
      case String[] values -> statement.setArray(index, array("text", values));
      case UUID[] values -> statement.setArray(index, BinaryArray.of(connection, values));
      case Long[] values -> statement.setArray(index, array("bigint", values));
      case Integer[] values -> statement.setArray(index, array("integer", values));
      case Boolean[] values -> statement.setArray(index, array("boolean", values));
      case byte[][] values -> statement.setArray(index, array("bytea", values));
      case Instant[] values -> statement.setArray(index, BinaryArray.of(connection, values));
      default -> statement.setObject(index, value);
    }
  }

  private Array array(String type, Object[] values) throws SQLException {
    return connection.createArrayOf(type, values);
  }
}
