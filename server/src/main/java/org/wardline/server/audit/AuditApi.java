package org.wardline.server.audit;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Row;
import org.wardline.server.accounts.Access;
import org.wardline.server.accounts.Caller;
import org.wardline.server.web.Cursor;
import org.wardline.server.web.Json;
import org.wardline.server.web.Parameters;
import org.wardline.server.web.Problem;

/**
 * {@code GET /api/v1/audit}: the record of acts and views, oldest first. Reading it is itself an
 * act.
 */
final class AuditApi {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;

  private final Access access;
  private final Db db;
  private final Audit audit;

  AuditApi(Access access, Db db, Audit audit) {
    this.access = access;
    this.db = db;
    this.audit = audit;
  }

  void routes(HttpRules rules) {
    rules.get("/api/v1/audit", access.api("audit:read", this::list));
  }

  private record Entry(Cursor cursor, Map<String, Object> json) {}

  private void list(Caller caller, ServerRequest request, ServerResponse response) {
    Parameters.only(request, "after", "limit");
    Cursor after =
        request.query().first("after").asOptional().map(Cursor::parse).orElse(Cursor.START);
    String limit = request.query().first("limit").orElse(String.valueOf(DEFAULT_LIMIT));
    if (!limit.matches("[1-9][0-9]{0,3}") || Integer.parseInt(limit) > MAX_LIMIT) {
      throw Problem.invalid("limit must be a number from 1 to " + MAX_LIMIT + ".");
    }
    List<Entry> entries =
        db.inTransaction(
            tx -> {
              List<Entry> rows =
                  tx.query(
                      """
                      SELECT xid::text AS xid, seq, at, actor_kind, actor_id, actor_name, action,
                             patient_ids::text[] AS patient_ids, object_id, line, detail, address
                      FROM wardline.audit_event
                      WHERE (xid, seq) > (?::text::xid8, ?) AND xid < pg_snapshot_xmin(pg_current_snapshot())
                      ORDER BY xid, seq LIMIT ?
                      """,
                      AuditApi::entry,
                      after.xid(),
                      after.seq(),
                      Integer.valueOf(limit));
              audit.record(tx, caller, "audit.read", Optional.empty(), rows.size() + " events");
              return rows;
            });
    String next = entries.isEmpty() ? after.text() : entries.getLast().cursor().text();
    Json.send(
        response,
        Status.OK_200,
        Map.of("items", entries.stream().map(Entry::json).toList(), "next", next));
  }

  private static Entry entry(Row row) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seq", row.longValue("seq"));
    json.put("at", row.instant("at").toString());
    Map<String, Object> actor = new LinkedHashMap<>();
    actor.put("kind", row.string("actor_kind"));
    row.optionalUuid("actor_id").ifPresent(id -> actor.put("id", id.toString()));
    actor.put("name", row.string("actor_name"));
    json.put("actor", actor);
    json.put("action", row.string("action"));
    json.put("patients", row.strings("patient_ids"));
    row.optionalUuid("object_id").ifPresent(id -> json.put("object", id.toString()));
    row.optionalString("line")
        .filter(line -> !line.isEmpty())
        .ifPresent(line -> json.put("line", line));
    json.put("detail", row.string("detail"));
    json.put("address", row.string("address"));
    return new Entry(new Cursor(row.string("xid"), row.longValue("seq")), json);
  }
}
