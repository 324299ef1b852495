package org.wardline.server.conversations;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardline.jdbc.Db;

/**
 * The practice's lines, from the configuration; the database knows them so that rows can refer to
 * them.
 */
public final class Lines {
  private final Map<String, Line> byId = new LinkedHashMap<>();

  /** Writes the configured lines into the database. */
  Lines(Db db, List<Line> configured) {
    if (configured.isEmpty()) {
      throw new IllegalArgumentException("at least one line is needed");
    }
    configured.forEach(line -> byId.put(line.id(), line));
    db.run(
        tx ->
            configured.forEach(
                line ->
                    tx.update(
                        """
                        INSERT INTO wardline.line (id, name, number, practice_name) VALUES (?, ?, ?, ?)
                        ON CONFLICT (id) DO UPDATE
                        SET name = excluded.name, number = excluded.number, practice_name = excluded.practice_name
                        """,
                        line.id(),
                        line.name(),
                        line.number().value(),
                        line.practiceName())));
  }

  public Optional<Line> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  public List<Line> all() {
    return List.copyOf(byId.values());
  }

  /** The line a patient wrote to; the first line when the carrier's destination is none of ours. */
  Line receiving(String destination) {
    return byId.values().stream()
        .filter(line -> line.numbers().stream().anyMatch(one -> one.isDestination(destination)))
        .findFirst()
        .orElseGet(() -> byId.values().iterator().next());
  }
}
