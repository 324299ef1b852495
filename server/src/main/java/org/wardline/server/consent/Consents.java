package org.wardline.server.consent;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Tx;
import org.wardline.server.accounts.Caller;
import org.wardline.server.audit.Audit;
import org.wardline.server.consent.ConsentLedger.NewRecord;
import org.wardline.server.consent.ConsentLedger.Saying;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.keys.Sealer;
import org.wardline.server.web.LiveEvent;
import org.wardline.server.web.LiveEvents;

/** What staff record about consent. */
public final class Consents {
  /** What became of a wish to record consent. */
  public enum Outcome {
    RECORDED,
    /** There is no such patient for this caller. */
    UNKNOWN_PATIENT,
    /** The patient's own STOP stands; staff cannot undo it (CON-5). */
    PATIENT_OPTED_OUT
  }

  /** Keeps texts that wait in the queue from leaving after consent for their kind is withdrawn. */
  @FunctionalInterface
  public interface Withdrawal {
    void withdrawQueued(Tx tx, UUID patient, ConsentKind kind, String reason);
  }

  private final Db db;
  private final ConsentLedger ledger;
  private final PatientKeys keys;
  private final Audit audit;
  private final Withdrawal withdrawal;
  private final LiveEvents live;

  Consents(
      Db db,
      ConsentLedger ledger,
      PatientKeys keys,
      Audit audit,
      Withdrawal withdrawal,
      LiveEvents live) {
    this.db = db;
    this.ledger = ledger;
    this.keys = keys;
    this.audit = audit;
    this.withdrawal = withdrawal;
    this.live = live;
  }

  /** Records what the patient told the staff; it speaks of all the patient's numbers. */
  public Outcome record(
      Caller caller,
      UUID patient,
      ConsentKind kind,
      Saying saying,
      ConsentMethod method,
      String wordingVersion) {
    if (!caller.may("consent:write")) {
      return Outcome.UNKNOWN_PATIENT;
    }
    return db.inTransaction(
        tx -> {
          Optional<Sealer> sealer = Optional.ofNullable(keys.of(tx, List.of(patient)).get(patient));
          if (sealer.isEmpty()) {
            return Outcome.UNKNOWN_PATIENT;
          }
          PhoneLocks.forChange(tx, patient);
          if (saying == Saying.GRANTED && ledger.patientOptedOut(tx, patient)) {
            return Outcome.PATIENT_OPTED_OUT;
          }
          if (saying == Saying.REVOKED) {
            withdrawal.withdrawQueued(tx, patient, kind, "not sent: consent was withdrawn");
          }
          UUID id =
              ledger.record(
                  tx,
                  sealer.get(),
                  new NewRecord(
                      patient,
                      Optional.empty(),
                      Optional.of(kind),
                      saying,
                      method,
                      wordingVersion,
                      caller.name()));
          audit.record(
              tx,
              caller,
              saying == Saying.GRANTED ? "consent.grant" : "consent.revoke",
              patient,
              id,
              "",
              kind.wireName() + " by " + method.wireName());
          tellBrowsers(tx, patient);
          return Outcome.RECORDED;
        });
  }

  /** Open threads of the patient show the new state and open or close the composer. */
  private void tellBrowsers(Tx tx, UUID patient) {
    List<LiveEvent> events =
        tx.query(
            "SELECT id, line FROM wardline.conversation WHERE patient_id = ?",
            row -> new LiveEvent("consent", row.string("line"), row.uuid("id")),
            patient);
    tx.afterCommit(() -> events.forEach(live::publish));
  }
}
