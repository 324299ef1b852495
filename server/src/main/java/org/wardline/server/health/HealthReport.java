package org.wardline.server.health;

import java.time.Instant;
import java.util.List;
import org.wardline.server.health.HealthFinding.Failed;
import org.wardline.server.health.HealthFinding.Ok;
import org.wardline.server.health.HealthFinding.Warn;

/** What all checks found at one moment. */
public record HealthReport(Instant at, List<Row> rows) {
  /**
   * One check's finding, flat for the page.
   *
   * @param state {@code ok}, {@code warn} or {@code failed}
   */
  public record Row(String name, String state, String what, String whatItMeans, String whatToDo) {
    static Row of(String name, HealthFinding finding) {
      return switch (finding) {
        case Ok ok -> new Row(name, "ok", ok.what(), "", "");
        case Warn warn -> new Row(name, "warn", warn.what(), warn.whatItMeans(), warn.whatToDo());
        case Failed failed ->
            new Row(name, "failed", failed.what(), failed.whatItMeans(), failed.whatToDo());
      };
    }
  }

  /** {@code ok}, {@code degraded} or {@code down}. */
  String status() {
    if (rows.stream().anyMatch(row -> row.state().equals("failed"))) {
      return "down";
    }
    return rows.stream().anyMatch(row -> row.state().equals("warn")) ? "degraded" : "ok";
  }

  /** For people at a terminal. */
  String text() {
    StringBuilder text = new StringBuilder("status: ").append(status()).append('\n');
    for (Row row : rows) {
      text.append('\n').append(row.state()).append("  ").append(row.name()).append(": ");
      text.append(row.what()).append('\n');
      if (!row.whatItMeans().isEmpty()) {
        text.append("    For patients: ").append(row.whatItMeans()).append('\n');
        text.append("    What to do:   ").append(row.whatToDo()).append('\n');
      }
    }
    return text.toString();
  }
}
