package org.wardline.jdbc;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The current row of a result, read by column name. Columns that may be NULL have their own {@code
 * optional…} reader.
 */
public final class Row {
  private final ResultSet resultSet;

  Row(ResultSet resultSet) {
    this.resultSet = resultSet;
  }

  public String string(String column) {
    return required(column, read(() -> resultSet.getString(column)));
  }

  public Optional<String> optionalString(String column) {
    return Optional.ofNullable(read(() -> resultSet.getString(column)));
  }

  public UUID uuid(String column) {
    return required(column, read(() -> resultSet.getObject(column, UUID.class)));
  }

  public Optional<UUID> optionalUuid(String column) {
    return Optional.ofNullable(read(() -> resultSet.getObject(column, UUID.class)));
  }

  public long longValue(String column) {
    return required(column, read(() -> resultSet.getLong(column)));
  }

  public int intValue(String column) {
    return required(column, read(() -> resultSet.getInt(column)));
  }

  public double doubleValue(String column) {
    return required(column, read(() -> resultSet.getDouble(column)));
  }

  public boolean bool(String column) {
    return required(column, read(() -> resultSet.getBoolean(column)));
  }

  public byte[] bytes(String column) {
    return required(column, read(() -> resultSet.getBytes(column)));
  }

  public Optional<byte[]> optionalBytes(String column) {
    return Optional.ofNullable(read(() -> resultSet.getBytes(column)));
  }

  public Instant instant(String column) {
    return required(column, read(() -> resultSet.getObject(column, OffsetDateTime.class)))
        .toInstant();
  }

  public Optional<Instant> optionalInstant(String column) {
    return Optional.ofNullable(read(() -> resultSet.getObject(column, OffsetDateTime.class)))
        .map(OffsetDateTime::toInstant);
  }

  /** A {@code text[]} column. */
  public List<String> strings(String column) {
    return required(
        column,
        read(
            () -> {
              Array array = resultSet.getArray(column);
              return array == null ? null : List.of((String[]) array.getArray());
            }));
  }

  private static <T> T required(String column, @Nullable T value) {
    if (value == null) {
      // A mistake of the statement or the schema, which trying again does not mend.
      throw new IllegalStateException("column " + column + " is NULL");
    }
    return value;
  }

  private interface Read<T> {
    @Nullable T get() throws SQLException;
  }

  private static <T> @Nullable T read(Read<T> read) {
    try {
      return read.get();
    } catch (SQLException e) {
      throw DbException.of(e);
    }
  }
}
