package org.wardline.server.consent;

import io.helidon.webserver.http.HttpRules;
import java.time.InstantSource;
import org.wardline.jdbc.Db;
import org.wardline.server.accounts.Access;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.audit.Audit;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.web.LiveEvents;

/** Consent: the ledger, and what staff and clients record in it. */
public final class ConsentFeature {
  private final ConsentLedger ledger;
  private final Consents consents;
  private final ConsentApi api;

  public ConsentFeature(
      Db db,
      PatientKeys keys,
      ArchiveOutbox archive,
      Audit audit,
      Consents.Withdrawal withdrawal,
      LiveEvents live,
      Access access,
      InstantSource clock) {
    ledger = new ConsentLedger(archive, clock);
    consents = new Consents(db, ledger, keys, audit, withdrawal, live);
    api = new ConsentApi(access, consents);
  }

  public ConsentLedger ledger() {
    return ledger;
  }

  public Consents consents() {
    return consents;
  }

  public void routes(HttpRules rules) {
    api.routes(rules);
  }
}
