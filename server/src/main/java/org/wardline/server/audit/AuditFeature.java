package org.wardline.server.audit;

import io.helidon.webserver.http.HttpRules;
import org.wardline.server.accounts.Access;
import org.wardline.server.parts.Parts;

/** Lets those who may read the audit record. */
public final class AuditFeature {
  private final AuditApi api;

  public AuditFeature(Parts parts, Access access) {
    api = new AuditApi(access, parts.db(), parts.audit());
  }

  public void routes(HttpRules rules) {
    api.routes(rules);
  }
}
