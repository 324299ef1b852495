package org.wardline.server.conversations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.server.Migrations;
import org.wardline.server.PostgresFixture;
import org.wardline.server.conversations.MessageSteps.Step;

/** What an appliance of the second schema version has written reads the same after the third. */
class FewerRowsMigrationTest {
  private static final Instant START = Instant.parse("2026-03-01T09:00:00Z");
  private static final UUID DELIVERED = new UUID(1, 1);
  private static final UUID RETRIED = new UUID(1, 2);
  private static final UUID NOTED = new UUID(1, 3);
  private static final UUID PLAIN = new UUID(1, 4);
  private static final UUID CONVERSATION = new UUID(2, 1);
  private static final UUID PATIENT = new UUID(3, 1);
  private static final String NOTE = "It may be a repeat of the text before.";

  private final PostgresFixture.Database database = PostgresFixture.databaseAt("2");
  private final Db owner = new Db(database.owner());

  @AfterEach
  void close() {
    database.server().close();
  }

  private void conversation() {
    owner.run(
        tx -> {
          tx.update(
              "INSERT INTO wardline.line (id, name, number, practice_name) VALUES ('main', '', '', '')");
          tx.update(
              """
              INSERT INTO wardline.patient (id, sealed_profile, language, time_zone, known)
              VALUES (?, '', 'en', 'UTC', true)
              """,
              PATIENT);
          tx.update(
              "INSERT INTO wardline.conversation (id, patient_id, line) VALUES (?, ?, 'main')",
              CONVERSATION,
              PATIENT);
        });
  }

  /** A message as the second version wrote it: all of its steps are rows. */
  private void message(UUID id, String direction, List<Step> steps) {
    owner.run(
        tx -> {
          tx.update(
              """
              INSERT INTO wardline.message
                (id, conversation_id, patient_id, phone_id, line, direction, kind, sealed_text, encoding, segments,
                 state, sender, created_at)
              VALUES (?, ?, ?, ?, 'main', ?, 'care', '', 'gsm7', 1, ?, 'ana', ?)
              """,
              id,
              CONVERSATION,
              PATIENT,
              PATIENT,
              direction,
              steps.getLast().state(),
              steps.getFirst().at());
          for (Step step : steps) {
            tx.update(
                "INSERT INTO wardline.message_history (message_id, state, at, detail) VALUES (?, ?, ?, ?)",
                id,
                step.state(),
                step.at(),
                step.detail());
          }
        });
  }

  private static Step step(int second, String state, String detail) {
    return new Step(state, START.plusSeconds(second), detail);
  }

  private static Map<UUID, List<Step>> texts() {
    Map<UUID, List<Step>> texts = new LinkedHashMap<>();
    texts.put(
        DELIVERED,
        List.of(
            step(0, "queued", "accepted"),
            step(1, "submitting", ""),
            step(2, "sent", ""),
            step(5, "delivered", "")));
    texts.put(
        RETRIED,
        List.of(
            step(0, "queued", "accepted"),
            step(1, "submitting", ""),
            step(2, "queued", "The carrier did not answer."),
            step(3, "submitting", ""),
            step(4, "failed", "The carrier refused it.")));
    texts.put(NOTED, List.of(step(7, "received", NOTE)));
    texts.put(PLAIN, List.of(step(8, "received", "")));
    return texts;
  }

  private String note(UUID id) {
    return owner.inTransaction(
        tx ->
            tx.one(
                "SELECT note FROM wardline.message WHERE id = ?", row -> row.string("note"), id));
  }

  @Test
  void every_step_and_note_of_a_text_is_read_as_it_was_written() {
    conversation();
    texts()
        .forEach(
            (id, steps) -> message(id, id.equals(NOTED) || id.equals(PLAIN) ? "in" : "out", steps));

    Migrations.run(database.owner());

    Map<UUID, List<Step>> read =
        new Db(database.server()).inTransaction(tx -> MessageSteps.of(tx, texts().keySet()));
    assertThat(read).isEqualTo(texts());
    assertThat(note(NOTED)).isEqualTo(NOTE);
    assertThat(note(PLAIN)).isEmpty();
    assertThat(note(DELIVERED)).isEmpty();
  }

  private record Waiting(
      int events,
      String oldest,
      String ids,
      String patients,
      String kinds,
      String times,
      String sealed) {}

  @Test
  void events_that_wait_for_the_archive_wait_on_in_their_order() {
    List<Waiting> expected = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      // The second is older than the first: what counts is the order in which they were written.
      String at = i == 0 ? "2026-03-02 09:00:00+00" : "2026-03-01 09:00:00+00";
      UUID event = new UUID(4, 2 - i);
      UUID patient = new UUID(3, i);
      String kind = i == 0 ? "message" : "delivery";
      String sealed = "\\x0" + i + "ff";
      owner.run(
          tx ->
              tx.update(
                  """
                  INSERT INTO wardline.archive_outbox (event_id, patient_id, kind, at, sealed)
                  VALUES (?, ?, ?, ?::timestamptz, ?::bytea)
                  """,
                  event,
                  patient,
                  kind,
                  at,
                  sealed));
      expected.add(
          new Waiting(
              1,
              at,
              "{" + event + "}",
              "{" + patient + "}",
              "{" + kind + "}",
              "{\"" + at + "\"}",
              "{\"\\" + sealed + "\"}"));
    }

    Migrations.run(database.owner());

    List<Waiting> waiting =
        new Db(database.server())
            .inTransaction(
                tx -> {
                  tx.update("SET LOCAL TimeZone = 'UTC'");
                  return tx.query(
                      """
                      SELECT events, oldest::text, event_ids::text, patient_ids::text, kinds::text, times::text,
                             sealed::text
                      FROM wardline.archive_outbox ORDER BY seq
                      """,
                      row ->
                          new Waiting(
                              row.intValue("events"),
                              row.string("oldest"),
                              row.string("event_ids"),
                              row.string("patient_ids"),
                              row.string("kinds"),
                              row.string("times"),
                              row.string("sealed")));
                });
    assertThat(waiting).isEqualTo(expected);
  }

  @Test
  void the_new_outbox_has_plain_names_and_counts_its_events_right() {
    Migrations.run(database.owner());

    List<String> names =
        owner.inTransaction(
            tx ->
                tx.query(
                    """
                    SELECT relname FROM pg_class
                    WHERE relnamespace = 'wardline'::regnamespace AND relname LIKE 'archive_outbox%' ORDER BY relname
                    """,
                    row -> row.string("relname")));
    assertThat(names)
        .containsExactly("archive_outbox", "archive_outbox_pkey", "archive_outbox_seq_seq");
    assertThatThrownBy(
            () ->
                owner.run(
                    tx ->
                        tx.update(
                            """
                            INSERT INTO wardline.archive_outbox
                              (events, oldest, event_ids, patient_ids, kinds, times, sealed)
                            VALUES (2, now(), ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], '{message}',
                                    ARRAY[now()], '{""}')
                            """)))
        .isInstanceOfSatisfying(
            DbException.class,
            refused -> assertThat(refused.violates("archive_outbox_check")).isTrue());
  }
}
