package org.wardline.server.audit;

import io.helidon.webserver.http.HttpRules;
import org.wardline.jdbc.Db;
import org.wardline.server.accounts.Access;

/** Lets those who may read the audit record. */
public final class AuditFeature {
  private final AuditApi api;

  public AuditFeature(Access access, Db db, Audit audit) {
    api = new AuditApi(access, db, audit);
  }

  public void routes(HttpRules rules) {
    api.routes(rules);
  }
}
