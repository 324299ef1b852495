package org.wardline.server.audit;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Tx;
import org.wardline.server.accounts.Caller;

/**
 * Writes audit events in the transaction of the act, so that an act without its event, or an event
 * without its act, cannot be committed (45 CFR 164.312(b)). Views are acts. Details are constants
 * of the code or ids, never patient data.
 */
public final class Audit {
  private static final String INSERT =
      """
      INSERT INTO wardline.audit_event
        (actor_kind, actor_id, actor_name, action, patient_ids, object_id, line, detail, address)
      VALUES (?, ?::uuid, ?, ?, ?::uuid[], ?::uuid, ?, ?, ?)
      """;

  private static final String INSERT_MANY =
      """
      INSERT INTO wardline.audit_event
        (actor_kind, actor_id, actor_name, action, patient_ids, object_id, line, detail, address)
      SELECT actor_kind, actor_id, actor_name, action, ARRAY[patient_id], object_id, line, detail, address
      FROM unnest(?::text[], ?::uuid[], ?::text[], ?::text[], ?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[])
        AS e (actor_kind, actor_id, actor_name, action, patient_id, object_id, line, detail, address)
      """;

  /** One act on one patient, for {@link #recordAll}. */
  public record Act(
      Caller caller, String action, UUID patient, UUID object, String line, String detail) {}

  /** Records an act that concerns no patient, such as a sign-in. */
  public void record(Tx tx, Caller caller, String action, Optional<UUID> object, String detail) {
    insert(tx, caller, action, List.of(), object.orElse(null), null, detail);
  }

  /** Records an act on, or a view of, one patient. */
  public void record(
      Tx tx, Caller caller, String action, UUID patient, UUID object, String line, String detail) {
    insert(tx, caller, action, List.of(patient), object, line, detail);
  }

  /** Records one view that showed several patients, such as the inbox or a search. */
  public void recordView(Tx tx, Caller caller, String action, List<UUID> patients, String detail) {
    insert(tx, caller, action, patients, null, null, detail);
  }

  /** Records many acts with one statement. */
  public void recordAll(Tx tx, List<Act> acts) {
    int n = acts.size();
    String[] kinds = new String[n];
    @Nullable UUID[] actors = new UUID[n];
    String[] names = new String[n];
    String[] actions = new String[n];
    UUID[] patients = new UUID[n];
    UUID[] objects = new UUID[n];
    String[] lines = new String[n];
    String[] details = new String[n];
    String[] addresses = new String[n];
    for (int i = 0; i < n; i++) {
      Act act = acts.get(i);
      kinds[i] = act.caller().kind().wireName();
      actors[i] = act.caller().id().orElse(null);
      names[i] = act.caller().name();
      actions[i] = act.action();
      patients[i] = act.patient();
      objects[i] = act.object();
      lines[i] = act.line();
      details[i] = act.detail();
      addresses[i] = act.caller().address();
    }
    tx.later(
        INSERT_MANY, kinds, actors, names, actions, patients, objects, lines, details, addresses);
  }

  private static void insert(
      Tx tx,
      Caller caller,
      String action,
      List<UUID> patients,
      @Nullable UUID object,
      @Nullable String line,
      String detail) {
    tx.update(
        INSERT,
        caller.kind().wireName(),
        caller.id().orElse(null),
        caller.name(),
        action,
        patients.toArray(new UUID[0]),
        object,
        line,
        detail,
        caller.address());
  }
}
