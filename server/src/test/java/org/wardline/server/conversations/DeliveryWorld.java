package org.wardline.server.conversations;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Db;
import org.wardline.metrics.Metrics;
import org.wardline.server.PostgresFixture;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.audit.Audit;
import org.wardline.server.conversations.MessageSteps.Step;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.keys.SystemKeys;
import org.wardline.server.web.LiveEvents;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.TransportKeys;

/** What applies the gateway's events, alone on a real database: it runs when a test says so. */
final class DeliveryWorld implements AutoCloseable {
  static final Instant START = Instant.parse("2026-03-01T09:00:00Z");

  final PostgresFixture.Database database = PostgresFixture.database();
  final Db db = new Db(database.server());
  final EndedTexts ended;
  final DeliveryEvents events;

  DeliveryWorld(Path folder) {
    PatientKeys keys = new PatientKeys(SystemKeys.open(db, folder.resolve("root.key")));
    ended = new EndedTexts(keys, new ArchiveOutbox());
    SmsQueue queue = new SmsQueue(TransportKeys.loadOrCreate(folder.resolve("transport.key")));
    events =
        new DeliveryEvents(
            db, queue, ended, new Audit(), new LiveEvents(), List.of(), new Metrics());
  }

  /** A message of a patient whose key is gone: nothing of it goes to the archive. */
  UUID message(String direction, String state, String note) {
    UUID id = UUID.randomUUID();
    db.run(
        tx ->
            tx.update(
                """
                INSERT INTO wardline.message
                  (id, conversation_id, patient_id, phone_id, line, direction, kind, sealed_text, encoding, segments,
                   state, sender, created_at, note)
                VALUES (?, ?, ?, ?, 'main', ?, 'care', '', 'gsm7', 1, ?, 'ana', ?, ?)
                """,
                id,
                UUID.randomUUID(),
                UUID.randomUUID(),
                UUID.randomUUID(),
                direction,
                state,
                START,
                note));
    return id;
  }

  /** A row as the gateway writes it. */
  record Told(
      UUID text, String state, Instant at, @Nullable Instant claimedAt, boolean mayBeDuplicate) {}

  void gatewayTells(List<Told> rows) {
    new Db(database.owner())
        .run(
            tx ->
                rows.forEach(
                    row ->
                        tx.update(
                            """
                            INSERT INTO sms.event (outbound_id, state, at, detail, claimed_at, may_be_duplicate)
                            VALUES (?, ?, ?, '', ?::timestamptz, ?)
                            """,
                            row.text(),
                            row.state(),
                            row.at(),
                            row.claimedAt(),
                            row.mayBeDuplicate())));
  }

  List<Step> steps(UUID message) {
    return db.inTransaction(
        tx -> MessageSteps.of(tx, List.of(message)).getOrDefault(message, List.of()));
  }

  String state(UUID message) {
    return db.inTransaction(
        tx ->
            tx.one(
                "SELECT state FROM wardline.message WHERE id = ?",
                row -> row.string("state"),
                message));
  }

  @Override
  public void close() {
    database.server().close();
  }
}
