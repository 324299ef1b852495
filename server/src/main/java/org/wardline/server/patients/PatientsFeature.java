package org.wardline.server.patients;

import io.helidon.webserver.http.HttpRules;
import java.time.Clock;
import java.time.ZoneId;
import org.wardline.jdbc.Db;
import org.wardline.server.accounts.Access;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.audit.Audit;
import org.wardline.server.consent.ConsentLedger;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.keys.SystemKeys;
import org.wardline.server.web.Pages;

/** Patients on file, for console and REST. */
public final class PatientsFeature {
  private final Patients patients;
  private final Access access;
  private final Pages pages;
  private final Clock clock;
  private final ZoneId practiceZone;

  public PatientsFeature(
      Db db,
      SystemKeys systemKeys,
      PatientKeys keys,
      ConsentLedger ledger,
      ArchiveOutbox archive,
      Audit audit,
      Access access,
      Pages pages,
      Clock clock,
      ZoneId practiceZone) {
    this.patients = new Patients(db, systemKeys, keys, ledger, archive, audit, clock);
    this.access = access;
    this.pages = pages;
    this.clock = clock;
    this.practiceZone = practiceZone;
  }

  public Patients patients() {
    return patients;
  }

  /**
   * @param conversation where a person goes on once a patient is on file
   */
  public void routes(HttpRules rules, PatientPages.Conversation conversation) {
    new PatientPages(access, pages, patients, conversation, clock, practiceZone).routes(rules);
    new PatientApi(access, patients, practiceZone).routes(rules);
  }
}
