package org.wardline.server.consent;

import io.helidon.webserver.http.HttpRules;
import org.wardline.server.accounts.Access;
import org.wardline.server.parts.Parts;

/** Consent: the ledger, and what staff and clients record in it. */
public final class ConsentFeature {
  private final ConsentLedger ledger;
  private final Consents consents;
  private final ConsentApi api;

  public ConsentFeature(Parts parts, Access access, Consents.Withdrawal withdrawal) {
    ledger = new ConsentLedger(parts.archive(), parts.clock());
    consents =
        new Consents(parts.db(), ledger, parts.keys(), parts.audit(), withdrawal, parts.live());
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
