package org.wardline.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.wardline.jdbc.Db;
import org.wardline.server.PostgresFixture;
import org.wardline.server.archive.ArchiveShipper.ArchiveAwayException;
import org.wardline.server.archive.CassandraArchive.Stored;

/** An event leaves PostgreSQL when it is safe in the archive and not before. */
class ArchiveShipperTest {
  /** Keeps what it takes; refuses every write from a given one on. */
  private static final class FakeArchive implements ArchiveTarget {
    private final List<UUID> taken = new ArrayList<>();
    private int takesWrites = Integer.MAX_VALUE;

    @Override
    public synchronized CompletionStage<?> write(List<Stored> events) {
      if (takesWrites == 0) {
        return CompletableFuture.failedFuture(new IllegalStateException("refused"));
      }
      takesWrites--;
      events.forEach(event -> taken.add(event.id()));
      return CompletableFuture.completedFuture("");
    }

    @Override
    public void close() {}
  }

  private final PostgresFixture.Database database = PostgresFixture.database();
  private final Db db = new Db(database.server());
  private final FakeArchive archive = new FakeArchive();
  private final ArchiveShipper shipper = new ArchiveShipper(db, () -> archive);

  @AfterEach
  void close() {
    shipper.close();
    database.server().close();
  }

  /** One transaction's events, in one row. */
  private void row(int events) {
    db.run(
        tx ->
            tx.update(
                """
                INSERT INTO wardline.archive_outbox (events, oldest, event_ids, patient_ids, kinds, times, sealed)
                SELECT count(*), now() - interval '90 seconds', array_agg(gen_random_uuid()),
                       array_agg(gen_random_uuid()), array_agg('message'::text), array_agg(now()),
                       array_agg('\\x0102'::bytea)
                FROM generate_series(1, ?)
                """,
                events));
  }

  private Set<UUID> waiting() {
    return new HashSet<>(
        db.inTransaction(
            tx ->
                tx.query(
                    "SELECT unnest(event_ids) AS id FROM wardline.archive_outbox",
                    row -> row.uuid("id"))));
  }

  @Test
  void rows_are_shipped_whole_until_a_batch_is_full_and_the_rest_afterwards() {
    row(1_500);
    row(600);
    row(10);
    Set<UUID> all = waiting();

    assertThat(shipper.runOnce()).isEqualTo(2_100);
    assertThat(archive.taken).hasSize(2_100);
    assertThat(waiting()).hasSize(10).doesNotContainAnyElementsOf(archive.taken);

    assertThat(shipper.runOnce()).as("a batch that is not full asks for no other").isZero();
    assertThat(archive.taken).hasSize(2_110).containsExactlyInAnyOrderElementsOf(all);
    assertThat(waiting()).isEmpty();

    assertThat(shipper.runOnce()).isZero();
    assertThat(archive.taken).hasSize(2_110);
  }

  @Test
  void nothing_is_deleted_when_the_archive_refuses_any_of_it_and_all_of_it_goes_again() {
    row(100);
    row(10);
    Set<UUID> all = waiting();
    archive.takesWrites = 2;

    assertThatThrownBy(shipper::runOnce).isInstanceOf(ArchiveAwayException.class);
    assertThat(waiting()).isEqualTo(all);
    assertThat(shipper.up()).isFalse();

    archive.takesWrites = Integer.MAX_VALUE;
    archive.taken.clear();
    shipper.runOnce();
    assertThat(archive.taken).containsExactlyInAnyOrderElementsOf(all);
    assertThat(waiting()).isEmpty();
    assertThat(shipper.up()).isTrue();
  }

  @Test
  void the_lag_counts_events_and_not_rows() {
    assertThat(shipper.lag()).isEqualTo(new ArchiveFeature.Lag(0, 0));
    row(1_500);
    row(10);
    assertThat(shipper.lag().waiting()).isEqualTo(1_510);
    assertThat(shipper.lag().oldestSeconds()).isBetween(90L, 150L);
    shipper.runOnce();
    assertThat(shipper.lag()).isEqualTo(new ArchiveFeature.Lag(0, 0));
  }
}
