package org.wardline.server.patients;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.jdbc.Tx;
import org.wardline.server.accounts.Caller;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.audit.Audit;
import org.wardline.server.consent.ConsentLedger;
import org.wardline.server.consent.PhoneLocks;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.keys.Sealer;
import org.wardline.server.keys.SystemKeys;
import org.wardline.sms.PhoneNumber;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Patients and their phones. Names and numbers are sealed with the patient's key; numbers are found
 * by blind index.
 */
public final class Patients {
  /** Until somebody asks the patient. */
  private static final String UNNAMED_LANGUAGE = "en";

  private final Db db;
  private final SystemKeys systemKeys;
  private final PatientKeys keys;
  private final ConsentLedger ledger;
  private final ArchiveOutbox archive;
  private final Audit audit;
  private final InstantSource clock;

  Patients(
      Db db,
      SystemKeys systemKeys,
      PatientKeys keys,
      ConsentLedger ledger,
      ArchiveOutbox archive,
      Audit audit,
      InstantSource clock) {
    this.db = db;
    this.systemKeys = systemKeys;
    this.keys = keys;
    this.ledger = ledger;
    this.archive = archive;
    this.audit = audit;
    this.clock = clock;
  }

  /** A phone of a patient, found by its number. */
  public record PhoneOwner(UUID patient, UUID phone, boolean known) {}

  private record Owner(String index, UUID patient, UUID phone, boolean known) {}

  private record SealedProfile(
      UUID patient, byte[] sealed, boolean known, String language, String zone) {}

  private record SealedNumber(UUID phone, UUID patient, byte[] sealed) {}

  /** What is on file, for one caller's eyes. */
  public record PatientView(
      UUID id,
      Profile profile,
      String language,
      ZoneId timeZone,
      boolean known,
      List<PhoneView> phones) {
    @Override
    public String toString() {
      return "PatientView[" + id + "]";
    }
  }

  public record PhoneView(UUID id, PhoneNumber number, String kind) {}

  /**
   * Puts a patient on file with phones and consents, in one transaction with the audit. A number
   * that so far only wrote to us becomes this patient's, thread and all.
   */
  public CreateOutcome create(Caller caller, NewPatient patient) {
    try {
      return db.inTransaction(
          tx -> {
            CreateOutcome outcome = create(tx, caller, patient);
            noteRefusal(tx, caller, outcome);
            return outcome;
          });
    } catch (DbException e) {
      // Someone else was faster with the same number or id between our look and our insert.
      if (e.violates("phone_number_once")) {
        return refused(caller, new CreateOutcome.NumberTaken(0));
      }
      if (e.violates("patient_external_id_once")) {
        return refused(caller, new CreateOutcome.ExternalIdTaken());
      }
      throw e;
    }
  }

  private CreateOutcome refused(Caller caller, CreateOutcome outcome) {
    db.run(tx -> noteRefusal(tx, caller, outcome));
    return outcome;
  }

  /** A refusal tells that a number or id is on file: who asks leaves a trace. */
  private void noteRefusal(Tx tx, Caller caller, CreateOutcome outcome) {
    switch (outcome) {
      case CreateOutcome.Created created -> {}
      case CreateOutcome.NumberTaken taken ->
          audit.record(tx, caller, "patient.refused", caller.id(), "number taken");
      case CreateOutcome.ExternalIdTaken taken ->
          audit.record(tx, caller, "patient.refused", caller.id(), "external id taken");
      case CreateOutcome.PatientOptedOut out ->
          audit.record(tx, caller, "patient.refused", caller.id(), "opted out");
    }
  }

  private CreateOutcome create(Tx tx, Caller caller, NewPatient patient) {
    Map<PhoneNumber, PhoneOwner> owners =
        owners(tx, patient.phones().stream().map(NewPatient.NewPhone::number).toList());
    Optional<UUID> unnamed = Optional.empty();
    for (int i = 0; i < patient.phones().size(); i++) {
      PhoneOwner owner = owners.get(patient.phones().get(i).number());
      if (owner != null) {
        if (owner.known() || unnamed.filter(other -> !other.equals(owner.patient())).isPresent()) {
          return new CreateOutcome.NumberTaken(i);
        }
        unnamed = Optional.of(owner.patient());
      }
    }
    Profile profile =
        new Profile(
            patient.givenName(), patient.familyName(), patient.birthDate(), patient.externalId());
    byte[] externalIndex =
        patient.externalId().map(id -> systemKeys.blindIndex("external-id", id)).orElse(null);
    if (externalIndex != null
        && tx.first(
                "SELECT 1 AS one FROM wardline.patient WHERE external_id_index = ?",
                row -> row.intValue("one"),
                (Object) externalIndex)
            .isPresent()) {
      return new CreateOutcome.ExternalIdTaken();
    }
    if (unnamed.isPresent()) {
      PhoneLocks.forChange(tx, unnamed.get());
      boolean grants =
          patient.consents().stream()
              .anyMatch(consent -> consent.saying() == ConsentLedger.Saying.GRANTED);
      if (grants && ledger.patientOptedOut(tx, unnamed.get())) {
        return new CreateOutcome.PatientOptedOut();
      }
    }
    UUID id = unnamed.orElseGet(UUID::randomUUID);
    Sealer sealer;
    if (unnamed.isPresent()) {
      sealer = keys.of(tx, id);
      tx.update(
          """
          UPDATE wardline.patient
          SET sealed_profile = ?, external_id_index = ?, language = ?, time_zone = ?, known = true, updated_at = now()
          WHERE id = ?
          """,
          profile.seal(sealer, id),
          externalIndex,
          patient.language(),
          patient.timeZone().getId(),
          id);
    } else {
      sealer = insert(tx, id, profile, externalIndex, patient.language(), patient.timeZone(), true);
    }
    List<CreateOutcome.CreatedPhone> phones = new ArrayList<>();
    for (int i = 0; i < patient.phones().size(); i++) {
      NewPatient.NewPhone phone = patient.phones().get(i);
      PhoneOwner owner = owners.get(phone.number());
      UUID phoneId =
          owner == null
              ? insertPhone(tx, sealer, id, phone.number(), phone.kind(), i)
              : owner.phone();
      phones.add(new CreateOutcome.CreatedPhone(phoneId, phone.number()));
    }
    for (NewPatient.NewConsent consent : patient.consents()) {
      ledger.record(
          tx,
          sealer,
          new ConsentLedger.NewRecord(
              id,
              Optional.empty(),
              Optional.of(consent.kind()),
              consent.saying(),
              consent.method(),
              consent.wordingVersion(),
              caller.name()));
    }
    archive(tx, sealer, id, profile, patient.language(), patient.timeZone());
    audit.record(
        tx,
        caller,
        unnamed.isPresent() ? "patient.name" : "patient.create",
        id,
        id,
        "",
        patient.phones().size() + " phones, " + patient.consents().size() + " consents");
    return new CreateOutcome.Created(id, phones);
  }

  /** A record for a number that wrote to us and that nobody has named: its own key, no name. */
  public PhoneOwner createUnnamed(Tx tx, PhoneNumber number, ZoneId practiceZone) {
    UUID id = UUID.randomUUID();
    Sealer sealer = insert(tx, id, Profile.UNKNOWN, null, UNNAMED_LANGUAGE, practiceZone, false);
    UUID phone = insertPhone(tx, sealer, id, number, "mobile", 0);
    archive(tx, sealer, id, Profile.UNKNOWN, UNNAMED_LANGUAGE, practiceZone);
    audit.record(tx, Caller.patient(), "patient.first-contact", id, id, "", "");
    return new PhoneOwner(id, phone, false);
  }

  /**
   * The archive keeps who somebody was at the time: who they are, the numbers on file, and under
   * which language and zone texts were sent.
   */
  private void archive(
      Tx tx, Sealer sealer, UUID patient, Profile profile, String language, ZoneId zone) {
    ObjectNode content = profile.fill(archive.content());
    content.put("language", language);
    content.put("timeZone", zone.getId());
    ArrayNode numbers = content.putArray("phones");
    for (PhoneView phone : phones(tx, patient)) {
      numbers
          .addObject()
          .put("id", phone.id().toString())
          .put("number", phone.number().e164())
          .put("kind", phone.kind());
    }
    archive.add(
        tx,
        List.of(
            new ArchiveOutbox.Event(
                UUID.randomUUID(), patient, sealer, "patient", clock.instant(), content)));
  }

  private Sealer insert(
      Tx tx,
      UUID id,
      Profile profile,
      byte @org.jspecify.annotations.Nullable [] externalIndex,
      String language,
      ZoneId zone,
      boolean known) {
    PatientKeys.Fresh key = keys.generate(id);
    tx.update(
        """
        INSERT INTO wardline.patient (id, sealed_profile, external_id_index, language, time_zone, known)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        id,
        profile.seal(key.sealer(), id),
        externalIndex,
        language,
        zone.getId(),
        known);
    keys.store(tx, key);
    return key.sealer();
  }

  private UUID insertPhone(
      Tx tx, Sealer sealer, UUID patient, PhoneNumber number, String kind, int position) {
    UUID id = UUID.randomUUID();
    tx.update(
        """
        INSERT INTO wardline.phone (id, patient_id, sealed_number, number_index, kind, position)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        id,
        patient,
        sealer.seal("phone", id, number.e164()),
        index(number),
        kind,
        position);
    return id;
  }

  /** Who has these numbers; numbers nobody has are left out. One query for any count. */
  public Map<PhoneNumber, PhoneOwner> owners(Tx tx, Collection<PhoneNumber> numbers) {
    Map<String, PhoneNumber> byIndex = new LinkedHashMap<>();
    byte[][] indexes = new byte[numbers.size()][];
    int i = 0;
    for (PhoneNumber number : numbers) {
      indexes[i] = index(number);
      byIndex.put(java.util.HexFormat.of().formatHex(indexes[i]), number);
      i++;
    }
    Map<PhoneNumber, PhoneOwner> owners = new HashMap<>();
    for (Owner owner :
        tx.query(
            """
            SELECT phone.id, phone.patient_id, encode(phone.number_index, 'hex') AS index, patient.known
            FROM wardline.phone JOIN wardline.patient ON patient.id = phone.patient_id
            WHERE phone.number_index = ANY (?::bytea[])
            """,
            row ->
                new Owner(
                    row.string("index"), row.uuid("patient_id"), row.uuid("id"), row.bool("known")),
            (Object) indexes)) {
      PhoneNumber number = byIndex.get(owner.index());
      if (number != null) {
        owners.put(number, new PhoneOwner(owner.patient(), owner.phone(), owner.known()));
      }
    }
    return owners;
  }

  /**
   * One patient's file; the view is audited. Empty when there is none or the caller may not see
   * patients.
   */
  public Optional<PatientView> view(Caller caller, UUID patient) {
    if (!caller.may("patient:read")) {
      return Optional.empty();
    }
    return db.inTransaction(
        tx -> {
          Map<UUID, Named> found = names(tx, List.of(patient));
          Named named = found.get(patient);
          if (named == null) {
            return Optional.empty();
          }
          audit.record(tx, caller, "patient.view", patient, patient, "", "");
          return Optional.of(
              new PatientView(
                  patient,
                  named.profile(),
                  named.language(),
                  named.zone(),
                  named.known(),
                  phones(tx, patient)));
        });
  }

  /**
   * The patient who has this number, if there is one and the caller may look patients up; the
   * look-up is audited.
   */
  public Optional<UUID> find(Caller caller, PhoneNumber number) {
    if (!caller.may("patient:read")) {
      return Optional.empty();
    }
    return db.inTransaction(
        tx -> {
          Optional<UUID> found =
              Optional.ofNullable(owners(tx, List.of(number)).get(number)).map(PhoneOwner::patient);
          audit.recordView(tx, caller, "patient.find", found.stream().toList(), "by number");
          return found;
        });
  }

  /** A patient's opened profile, for lists that have already checked and audited the view. */
  public record Named(Profile profile, boolean known, String language, ZoneId zone) {}

  /**
   * Opens the profiles of patients with one query; patients whose key was destroyed are left out.
   */
  public Map<UUID, Named> names(Tx tx, Collection<UUID> patients) {
    Map<UUID, Named> named = new HashMap<>();
    Map<UUID, Sealer> sealers = keys.of(tx, patients);
    for (SealedProfile row :
        tx.query(
            "SELECT id, sealed_profile, known, language, time_zone FROM wardline.patient WHERE id = ANY (?)",
            row ->
                new SealedProfile(
                    row.uuid("id"),
                    row.bytes("sealed_profile"),
                    row.bool("known"),
                    row.string("language"),
                    row.string("time_zone")),
            (Object) patients.toArray(new UUID[0]))) {
      Sealer sealer = sealers.get(row.patient());
      if (sealer != null) {
        named.put(
            row.patient(),
            new Named(
                Profile.open(sealer, row.patient(), row.sealed()),
                row.known(),
                row.language(),
                ZoneId.of(row.zone())));
      }
    }
    return named;
  }

  /** Opens numbers by phone id with one query. */
  public Map<UUID, PhoneNumber> numbers(Tx tx, Collection<UUID> phones) {
    List<SealedNumber> rows =
        tx.query(
            "SELECT id, patient_id, sealed_number FROM wardline.phone WHERE id = ANY (?)",
            row ->
                new SealedNumber(
                    row.uuid("id"), row.uuid("patient_id"), row.bytes("sealed_number")),
            (Object) phones.toArray(new UUID[0]));
    Map<UUID, Sealer> sealers = keys.of(tx, rows.stream().map(SealedNumber::patient).toList());
    Map<UUID, PhoneNumber> numbers = new HashMap<>();
    for (SealedNumber row : rows) {
      Sealer sealer = sealers.get(row.patient());
      if (sealer != null) {
        numbers.put(
            row.phone(), new PhoneNumber(sealer.openText("phone", row.phone(), row.sealed())));
      }
    }
    return numbers;
  }

  private List<PhoneView> phones(Tx tx, UUID patient) {
    record Kind(UUID id, String kind) {}
    List<Kind> rows =
        tx.query(
            "SELECT id, kind FROM wardline.phone WHERE patient_id = ? ORDER BY position",
            row -> new Kind(row.uuid("id"), row.string("kind")),
            patient);
    Map<UUID, PhoneNumber> numbers = numbers(tx, rows.stream().map(Kind::id).toList());
    return rows.stream()
        .filter(row -> numbers.containsKey(row.id()))
        .map(
            row ->
                new PhoneView(
                    row.id(), java.util.Objects.requireNonNull(numbers.get(row.id())), row.kind()))
        .toList();
  }

  private byte[] index(PhoneNumber number) {
    return systemKeys.blindIndex("phone", number.e164());
  }
}
