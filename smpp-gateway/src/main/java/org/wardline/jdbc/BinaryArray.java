package org.wardline.jdbc;

import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/**
 * Arrays in PostgreSQL's binary form, for the element types that the driver only writes as text:
 * ids and times are most of what set-based statements carry, and text costs both sides to write and
 * to read. One dimension, lower bound 1 (the server's {@code array_recv}).
 */
final class BinaryArray {
  /** Dimensions, whether there are nulls, type; then size and lower bound of the dimension. */
  private static final int HEADER_OCTETS = 5 * Integer.BYTES;

  private static final int NULL_LENGTH = -1;
  private static final int LOWER_BOUND = 1;

  /** 2000-01-01, where PostgreSQL's time begins, in seconds since 1970. */
  private static final long EPOCH_SECONDS = 946_684_800;

  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;

  private BinaryArray() {}

  static Array of(Connection connection, @Nullable UUID[] ids) throws SQLException {
    return array(
        connection,
        Oid.UUID_ARRAY,
        Oid.UUID,
        2 * Long.BYTES,
        ids,
        (into, id) ->
            into.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()));
  }

  static Array of(Connection connection, @Nullable Instant[] times) throws SQLException {
    return array(
        connection,
        Oid.TIMESTAMPTZ_ARRAY,
        Oid.TIMESTAMPTZ,
        Long.BYTES,
        times,
        (into, time) -> into.putLong(micros(time)));
  }

  /** Rounded as the driver rounds a single value. */
  static long micros(Instant time) {
    int micros = (time.getNano() + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO;
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond() - EPOCH_SECONDS, MICROS_PER_SECOND), micros);
  }

  private static <T> Array array(
      Connection connection,
      int arrayType,
      int elementType,
      int octets,
      @Nullable T[] values,
      BiConsumer<ByteBuffer, T> write)
      throws SQLException {
    ByteBuffer into = ByteBuffer.allocate(HEADER_OCTETS + values.length * (Integer.BYTES + octets));
    boolean nulls = Arrays.asList(values).contains(null);
    into.putInt(values.length == 0 ? 0 : 1).putInt(nulls ? 1 : 0).putInt(elementType);
    if (values.length > 0) {
      into.putInt(values.length).putInt(LOWER_BOUND);
    }
    for (T value : values) {
      if (value == null) {
        into.putInt(NULL_LENGTH);
      } else {
        into.putInt(octets);
        write.accept(into, value);
      }
    }
    return new PgArray(
        connection.unwrap(BaseConnection.class),
        arrayType,
        Arrays.copyOf(into.array(), into.position()));
  }
}
