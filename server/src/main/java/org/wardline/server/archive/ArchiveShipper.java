package org.wardline.server.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.jdbc.Db;
import org.wardline.server.archive.CassandraArchive.Stored;

/**
 * Ships the outbox: writes a batch at QUORUM and only then takes it out of PostgreSQL. A crash in
 * between ships the same rows again under the same keys, so the archive holds each event once.
 * While Cassandra is away rows wait and nothing else notices.
 */
final class ArchiveShipper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ArchiveShipper.class);

  /**
   * Read and shipped at a time: rows are taken until they hold this many events, so the last one
   * may go beyond it. Many at once, because events share writes. A row holds one event at least, so
   * no more rows than this are looked at either.
   */
  private static final int BATCH_EVENTS = 2_000;

  /** Writes under way at once; more would only queue in Cassandra. */
  private static final int MAX_WRITES_UNDER_WAY = 16;

  private record Waiting(long seq, Stored event) {}

  private final Db db;
  private final Supplier<? extends ArchiveTarget> connect;
  private Optional<ArchiveTarget> archive = Optional.empty();
  private boolean toldDown;
  private volatile boolean up;

  ArchiveShipper(Db db, Supplier<? extends ArchiveTarget> connect) {
    this.db = db;
    this.connect = connect;
  }

  /**
   * Ships one batch; throws when the archive is away. Returns 0 unless the batch was full: what
   * comes in the meantime is worth waiting for, as more events then share a write.
   */
  synchronized int runOnce() {
    List<Waiting> batch =
        db.inTransaction(
            tx ->
                tx.query(
                    """
                    WITH oldest AS (
                      SELECT seq, event_ids, patient_ids, kinds, times, sealed,
                             sum(events) OVER (ORDER BY seq) - events AS before
                      FROM (SELECT seq, events, event_ids, patient_ids, kinds, times, sealed
                            FROM wardline.archive_outbox ORDER BY seq LIMIT ?) AS rows)
                    SELECT seq, e.event_id, e.patient_id, e.kind, e.at, e.sealed
                    FROM oldest, unnest(event_ids, patient_ids, kinds, times, oldest.sealed)
                      AS e (event_id, patient_id, kind, at, sealed)
                    WHERE before < ?
                    ORDER BY seq
                    """,
                    row ->
                        new Waiting(
                            row.longValue("seq"),
                            new Stored(
                                row.uuid("event_id"),
                                row.uuid("patient_id"),
                                row.string("kind"),
                                row.instant("at"),
                                row.bytes("sealed"))),
                    BATCH_EVENTS,
                    BATCH_EVENTS));
    if (!batch.isEmpty() || archive.isEmpty()) {
      ship(batch);
    }
    return batch.size() >= BATCH_EVENTS ? batch.size() : 0;
  }

  private void ship(List<Waiting> batch) {
    try {
      ArchiveTarget target = connected();
      Semaphore places = new Semaphore(MAX_WRITES_UNDER_WAY);
      List<CompletableFuture<?>> writes = new ArrayList<>();
      for (List<Stored> together :
          CassandraArchive.writes(batch.stream().map(Waiting::event).toList())) {
        places.acquireUninterruptibly();
        writes.add(
            target
                .write(together)
                .toCompletableFuture()
                .whenComplete((done, failure) -> places.release()));
      }
      CompletableFuture.allOf(writes.toArray(new CompletableFuture<?>[0])).join();
    } catch (CompletionException e) {
      throw away(e.getCause() instanceof RuntimeException cause ? cause : e);
    } catch (RuntimeException e) {
      throw away(e);
    }
    if (toldDown) {
      log.info("The archive is back; shipping what waited");
      toldDown = false;
    }
    up = true;
    if (!batch.isEmpty()) {
      Long[] seqs = batch.stream().map(Waiting::seq).distinct().toArray(Long[]::new);
      db.run(
          tx ->
              tx.update("DELETE FROM wardline.archive_outbox WHERE seq = ANY (?)", (Object) seqs));
    }
  }

  private ArchiveTarget connected() {
    if (archive.isEmpty()) {
      archive = Optional.of(connect.get());
    }
    return archive.get();
  }

  private RuntimeException away(RuntimeException cause) {
    up = false;
    if (!toldDown) {
      log.warn(
          "The archive does not take events now ({}); they wait in PostgreSQL",
          cause.getClass().getSimpleName());
      toldDown = true;
    }
    return new ArchiveAwayException();
  }

  ArchiveFeature.Lag lag() {
    return db.inTransaction(
        tx ->
            tx.one(
                """
                SELECT coalesce(sum(events), 0)::bigint AS waiting,
                       coalesce(extract(epoch FROM now() - min(oldest)), 0)::bigint AS oldest
                FROM wardline.archive_outbox
                """,
                row -> new ArchiveFeature.Lag(row.longValue("waiting"), row.longValue("oldest"))));
  }

  /** True when the last attempt to reach the archive worked. */
  boolean up() {
    return up;
  }

  @Override
  public synchronized void close() {
    archive.ifPresent(ArchiveTarget::close);
    archive = Optional.empty();
  }

  /** The archive is away; the worker tries again by itself. */
  static final class ArchiveAwayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ArchiveAwayException() {
      super("the archive is away", null, false, false);
    }
  }
}
