package org.wardline.server.archive;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The long memory: one row per event. The key of a row ends with the event's own id, so writing an
 * event again changes nothing. Everything is written and read at QUORUM.
 *
 * <p>A month's events lie in {@link #BUCKETS} partitions, each with its patients one after the
 * other: a patient's month is one slice of one partition, and events that arrive together share a
 * few partitions. What Cassandra does for a write it does per partition: with a partition for each
 * patient, every event cost as much as a write of thirty does now (ADR 8).
 */
final class CassandraArchive implements ArchiveTarget {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SCHEMA_TIMEOUT = Duration.ofSeconds(30);
  private static final int MONTHS_A_YEAR = 12;

  /**
   * A write this full takes no more events; Cassandra refuses batches above 50 KiB, and an event
   * has 10 KiB at most.
   */
  private static final int FULL_WRITE_BYTES = 16_384;

  private static final int MAX_EVENTS_A_WRITE = 32;

  /** Never changed: it is part of every key. A power of two, because {@link #bucket} masks. */
  private static final int BUCKETS = 32;

  /** Not compressed: nearly all of it is ciphertext, which does not get shorter. */
  private static final String CREATE_TABLE =
      """
      CREATE TABLE IF NOT EXISTS wardline.archive_record (
        month      int,
        bucket     int,
        patient_id uuid,
        at         timestamp,
        event_id   uuid,
        kind       text,
        sealed     blob,
        PRIMARY KEY ((month, bucket), patient_id, at, event_id))
      WITH compression = {'enabled': false}
      """;

  /** One event as it lies in the archive. */
  record Stored(UUID id, UUID patient, String kind, Instant at, byte[] sealed) {}

  private final CqlSession session;
  private final PreparedStatement insert;
  private final PreparedStatement select;

  private CassandraArchive(CqlSession session) {
    this.session = session;
    this.insert =
        session.prepare(
            """
            INSERT INTO wardline.archive_record (month, bucket, patient_id, at, event_id, kind, sealed)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """);
    this.select =
        session.prepare(
            """
            SELECT event_id, kind, at, sealed FROM wardline.archive_record
            WHERE month = ? AND bucket = ? AND patient_id = ?
            """);
  }

  /**
   * Connects and makes the table when it is not there. Throws when Cassandra cannot be reached now.
   */
  static CassandraArchive connect(ArchiveSettings settings) {
    DriverConfigLoader options =
        DriverConfigLoader.programmaticBuilder()
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, REQUEST_TIMEOUT)
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, REQUEST_TIMEOUT)
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(10))
            .withString(DefaultDriverOption.REQUEST_CONSISTENCY, ConsistencyLevel.QUORUM.name())
            .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, true)
            .withInt(DefaultDriverOption.NETTY_IO_SIZE, 1)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1)
            .withBoolean(DefaultDriverOption.METADATA_TOKEN_MAP_ENABLED, false)
            .withBoolean(DefaultDriverOption.REQUEST_WARN_IF_SET_KEYSPACE, false)
            .build();
    CqlSession session =
        CqlSession.builder()
            .withConfigLoader(options)
            .addContactPoint(new InetSocketAddress(settings.contactPoint(), settings.port()))
            .withLocalDatacenter(settings.datacenter())
            .withAuthCredentials(settings.username(), settings.password().get())
            .build();
    try {
      session.execute(
          SimpleStatement.newInstance(
                  "CREATE KEYSPACE IF NOT EXISTS wardline WITH replication = {'class': 'NetworkTopologyStrategy', '"
                      + settings.datacenter()
                      + "': "
                      + settings.replicationFactor()
                      + "}")
              .setTimeout(SCHEMA_TIMEOUT));
      session.execute(SimpleStatement.newInstance(CREATE_TABLE).setTimeout(SCHEMA_TIMEOUT));
      return new CassandraArchive(session);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /**
   * Cuts events into writes, those of one partition together. A write may span a few partitions:
   * with as many replicas as nodes, which is how appliances form a cluster, every node takes part
   * in every write anyway, and one request for thirty events costs a fraction of thirty requests.
   */
  static List<List<Stored>> writes(List<Stored> events) {
    List<Stored> sorted = new ArrayList<>(events);
    sorted.sort(
        Comparator.comparingInt((Stored event) -> month(event.at()))
            .thenComparingInt(event -> bucket(event.patient())));
    List<List<Stored>> writes = new ArrayList<>();
    List<Stored> open = new ArrayList<>();
    int bytes = 0;
    for (Stored event : sorted) {
      if (open.size() == MAX_EVENTS_A_WRITE || bytes >= FULL_WRITE_BYTES) {
        writes.add(open);
        open = new ArrayList<>();
        bytes = 0;
      }
      open.add(event);
      bytes += event.sealed().length;
    }
    if (!open.isEmpty()) {
      writes.add(open);
    }
    return writes;
  }

  /**
   * Writes events with one request. Not atomic over partitions: who calls writes all of them again
   * on failure.
   */
  @Override
  public CompletionStage<AsyncResultSet> write(List<Stored> events) {
    if (events.size() == 1) {
      return session.executeAsync(bind(events.getFirst()));
    }
    BatchStatementBuilder batch = BatchStatement.builder(BatchType.UNLOGGED).setIdempotence(true);
    events.forEach(event -> batch.addStatement(bind(event)));
    return session.executeAsync(batch.build());
  }

  private BoundStatement bind(Stored event) {
    return insert.bind(
        month(event.at()),
        bucket(event.patient()),
        event.patient(),
        event.at(),
        event.id(),
        event.kind(),
        ByteBuffer.wrap(event.sealed()));
  }

  /** A patient's events of the month that holds {@code within}, oldest first. */
  List<Stored> read(UUID patient, Instant within) {
    List<Stored> events = new ArrayList<>();
    for (Row row : session.execute(select.bind(month(within), bucket(patient), patient))) {
      ByteBuffer sealed = Objects.requireNonNull(row.getByteBuffer("sealed"));
      byte[] bytes = new byte[sealed.remaining()];
      sealed.get(bytes);
      events.add(
          new Stored(
              Objects.requireNonNull(row.getUuid("event_id")),
              patient,
              Objects.requireNonNull(row.getString("kind")),
              Objects.requireNonNull(row.getInstant("at")),
              bytes));
    }
    return events;
  }

  /** Ids are random, so their last bits spread patients evenly. */
  static int bucket(UUID patient) {
    return (int) (patient.getLeastSignificantBits() & (BUCKETS - 1));
  }

  /** The partition's month, counted from year 0, in UTC. */
  private static int month(Instant at) {
    var date = at.atOffset(ZoneOffset.UTC);
    return date.getYear() * MONTHS_A_YEAR + date.getMonthValue() - 1;
  }

  @Override
  public void close() {
    session.close();
  }
}
