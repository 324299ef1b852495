package org.wardline.server.consent;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Tx;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.keys.Sealer;
import tools.jackson.databind.node.ObjectNode;

/**
 * The immutable ledger of consent records. A record is only ever added; what may be sent is derived
 * from the newest record that speaks of the number and the kind (CON-3).
 */
public final class ConsentLedger {
  /** Who recorded it when the patient did, by text. */
  public static final String PATIENT = "patient";

  private static final String ALL = "all";

  private final ArchiveOutbox archive;
  private final InstantSource clock;

  ConsentLedger(ArchiveOutbox archive, InstantSource clock) {
    this.archive = archive;
    this.clock = clock;
  }

  /** What a record says. */
  public enum Saying {
    REQUESTED,
    GRANTED,
    REVOKED
  }

  /**
   * A record to add.
   *
   * @param phone empty when it speaks of every number of the patient
   * @param kind empty when it speaks of every kind, as a STOP does
   */
  public record NewRecord(
      UUID patient,
      Optional<UUID> phone,
      Optional<ConsentKind> kind,
      Saying saying,
      ConsentMethod method,
      String wordingVersion,
      String recordedBy) {}

  /** A question to the ledger: may this kind be sent to this number of this patient? */
  public record Question(UUID patient, UUID phone, ConsentKind kind) {}

  /**
   * Adds a record, here and on the way to the archive, and returns its id.
   *
   * @param sealer the patient's
   */
  public UUID record(Tx tx, Sealer sealer, NewRecord entry) {
    UUID id = UUID.randomUUID();
    Instant now = clock.instant();
    String kind = entry.kind().map(ConsentKind::wireName).orElse(ALL);
    String saying = wireName(entry.saying());
    tx.update(
        """
        INSERT INTO wardline.consent_record
          (id, patient_id, phone_id, kind, state, method, wording_version, recorded_by, recorded_at)
        VALUES (?, ?, ?::uuid, ?, ?, ?, ?, ?, ?)
        """,
        id,
        entry.patient(),
        entry.phone().orElse(null),
        kind,
        saying,
        entry.method().wireName(),
        entry.wordingVersion(),
        entry.recordedBy(),
        now);
    ObjectNode content = archive.content();
    entry.phone().ifPresent(phone -> content.put("phone", phone.toString()));
    content.put("kind", kind);
    content.put("state", saying);
    content.put("method", entry.method().wireName());
    content.put("wordingVersion", entry.wordingVersion());
    content.put("recordedBy", entry.recordedBy());
    archive.add(
        tx, List.of(new ArchiveOutbox.Event(id, entry.patient(), sealer, "consent", now, content)));
    return id;
  }

  /**
   * The current state for each question, in the order asked, with one query. What the patient said
   * last by text from the number comes first: after a STOP nothing that staff record opens it
   * again, or hides it (CON-5).
   */
  public List<ConsentState> states(Tx tx, List<Question> questions) {
    int n = questions.size();
    UUID[] patients = new UUID[n];
    UUID[] phones = new UUID[n];
    String[] kinds = new String[n];
    for (int i = 0; i < n; i++) {
      patients[i] = questions.get(i).patient();
      phones[i] = questions.get(i).phone();
      kinds[i] = questions.get(i).kind().wireName();
    }
    return tx.query(
        """
        SELECT newest.kind, newest.state, newest.recorded_by,
               coalesce(own.state = 'revoked', false) AS opted_out
        FROM unnest(?::uuid[], ?::uuid[], ?::text[]) WITH ORDINALITY AS q (patient_id, phone_id, kind, n)
        LEFT JOIN LATERAL (
          SELECT c.kind, c.state, c.recorded_by
          FROM wardline.consent_record c
          WHERE c.patient_id = q.patient_id
            AND (c.phone_id IS NULL OR c.phone_id = q.phone_id)
            AND c.kind IN (q.kind, 'all')
          ORDER BY c.seq DESC
          LIMIT 1) newest ON true
        LEFT JOIN LATERAL (
          SELECT c.state
          FROM wardline.consent_record c
          WHERE c.patient_id = q.patient_id AND c.phone_id = q.phone_id AND c.recorded_by = 'patient'
          ORDER BY c.seq DESC
          LIMIT 1) own ON true
        ORDER BY q.n
        """,
        row ->
            row.bool("opted_out")
                ? ConsentState.OPTED_OUT
                : state(
                    row.optionalString("state").orElse(null),
                    row.optionalString("kind").orElse(""),
                    row.optionalString("recorded_by").orElse("")),
        patients,
        phones,
        kinds);
  }

  public ConsentState state(Tx tx, Question question) {
    return states(tx, List.of(question)).getFirst();
  }

  /** True when the patient withdrew by text from any number and has not opened it again (CON-5). */
  public boolean patientOptedOut(Tx tx, UUID patient) {
    List<Question> questions =
        new ArrayList<>(
            tx.query(
                "SELECT id FROM wardline.phone WHERE patient_id = ?",
                row -> new Question(patient, row.uuid("id"), ConsentKind.CARE),
                patient));
    return states(tx, questions).contains(ConsentState.OPTED_OUT);
  }

  /** How often this number was asked for consent since the last clear answer. */
  public int openRequests(Tx tx, UUID patient, UUID phone) {
    return tx.one(
        """
        SELECT count(*) AS asked FROM wardline.consent_record
        WHERE patient_id = ? AND phone_id = ? AND state = 'requested'
          AND seq > coalesce((
            SELECT max(seq) FROM wardline.consent_record
            WHERE patient_id = ? AND (phone_id IS NULL OR phone_id = ?) AND state <> 'requested'), 0)
        """,
        row -> row.intValue("asked"),
        patient,
        phone,
        patient,
        phone);
  }

  private static ConsentState state(@Nullable String state, String kind, String recordedBy) {
    return switch (state) {
      case null -> ConsentState.NONE;
      case "requested" -> ConsentState.REQUESTED;
      case "granted" -> ConsentState.GRANTED;
      default ->
          kind.equals(ALL) && recordedBy.equals(PATIENT)
              ? ConsentState.OPTED_OUT
              : ConsentState.REVOKED;
    };
  }

  private static String wireName(Saying saying) {
    return switch (saying) {
      case REQUESTED -> "requested";
      case GRANTED -> "granted";
      case REVOKED -> "revoked";
    };
  }
}
