package org.wardline.server.patients;

import io.helidon.webserver.http.HttpRules;
import java.time.Clock;
import java.time.ZoneId;
import org.wardline.server.accounts.Access;
import org.wardline.server.consent.ConsentLedger;
import org.wardline.server.parts.Parts;
import org.wardline.server.web.Pages;

/** Patients on file, for console and REST. */
public final class PatientsFeature {
  private final Patients patients;
  private final Access access;
  private final Pages pages;
  private final Clock clock;
  private final ZoneId practiceZone;

  public PatientsFeature(Parts parts, Access access, ConsentLedger ledger) {
    this.patients =
        new Patients(
            parts.db(),
            parts.systemKeys(),
            parts.keys(),
            ledger,
            parts.archive(),
            parts.audit(),
            parts.clock());
    this.access = access;
    this.pages = parts.pages();
    this.clock = parts.clock();
    this.practiceZone = parts.zone();
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
