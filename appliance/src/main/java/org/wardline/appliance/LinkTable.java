package org.wardline.appliance;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** Links as text for a terminal. */
final class LinkTable {
  private LinkTable() {}

  static List<String> links(JsonNode items, Instant now) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("LINK", "STANDING", "SINCE", "WANTED", "CARRIER", "SEG/S", "WINDOW", "LINES"));
    for (JsonNode link : items) {
      JsonNode status = link.path("status");
      rows.add(
          List.of(
              link.path("name").asString(),
              link.path("standing").asString(),
              since(link, now),
              link.path("want").asString(),
              status.path("peer").asString("-"),
              number(status.path("perSecond").asDouble(0)),
              status.path("inFlight").asInt(0) + "/" + status.path("window").asInt(0),
              list(status.path("lines"))));
    }
    return aligned(rows);
  }

  static List<String> waiting(JsonNode lines) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("LINE", "WAITING", "OLDEST"));
    for (JsonNode line : lines) {
      rows.add(
          List.of(
              line.path("line").asString(),
              String.valueOf(line.path("waiting").asLong()),
              age(Duration.ofSeconds(line.path("oldestSeconds").asLong()))));
    }
    return aligned(rows);
  }

  /** What waits in vain: nothing when every waiting text has a link. */
  static List<String> stranded(JsonNode lanes) {
    List<String> lines = new ArrayList<>();
    for (JsonNode lane : lanes) {
      String prefix = lane.path("prefix").asString();
      lines.add(
          "No link carries %d of line %s %s; the oldest has waited for %s."
              .formatted(
                  lane.path("waiting").asLong(),
                  lane.path("line").asString(),
                  prefix.startsWith("@")
                      ? "for link " + prefix.substring(1) + " alone"
                      : prefix.equals("+") ? "that need prefix +" : "to " + prefix + "…",
                  age(Duration.ofSeconds(lane.path("oldestSeconds").asLong()))));
    }
    if (!lines.isEmpty()) {
      lines.addFirst("");
      lines.add("Give a link their lines and prefixes, or they expire.");
    }
    return lines;
  }

  /** One link in full. */
  static List<String> one(JsonNode link, Instant now) {
    JsonNode status = link.path("status");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("standing", link.path("standing").asString()));
    rows.add(List.of("since", since(link, now)));
    rows.add(List.of("", link.path("detail").asString("")));
    rows.add(
        List.of(
            "wanted",
            link.path("want").asString()
                + (link.has("changedBy")
                    ? ", says " + link.path("changedBy").asString() + changed(link, now)
                    : "")));
    rows.add(
        List.of("set by", link.path("added").asBoolean() ? "console or command" : "gateway.yaml"));
    if (!status.isMissingNode()) {
      rows.add(List.of("carrier", status.path("peer").asString("")));
      rows.add(List.of("lines", list(status.path("lines"))));
      rows.add(List.of("prefixes", list(status.path("prefixes"))));
      rows.add(List.of("preference", status.path("preference").asString("")));
      rows.add(List.of("segments/s", number(status.path("perSecond").asDouble(0))));
      rows.add(
          List.of(
              "on their way",
              status.path("inFlight").asInt() + " of " + status.path("window").asInt()));
      double spacing = status.path("spacingMillis").asDouble(0);
      if (spacing > 0) {
        rows.add(List.of("slowed to", "one segment per " + number(spacing) + " ms"));
      }
    }
    List<String> lines = new ArrayList<>(aligned(rows));
    status.path("errors").forEach(error -> lines.add("error  " + error.asString()));
    if (link.has("settings")) {
      lines.add("");
      lines.addAll(link.path("settings").asString().lines().toList());
    }
    return lines;
  }

  static List<String> ways(JsonNode preview) {
    List<String> lines = new ArrayList<>();
    int place = 1;
    for (JsonNode way : preview.path("ways")) {
      lines.add(
          "%d. %s: %s"
              .formatted(place++, way.path("link").asString(), way.path("reason").asString()));
    }
    if (lines.isEmpty()) {
      lines.add("No link carries it.");
    }
    for (JsonNode way : preview.path("others")) {
      lines.add("not %s: %s".formatted(way.path("link").asString(), way.path("reason").asString()));
    }
    return lines;
  }

  private static String changed(JsonNode link, Instant now) {
    return link.has("changedAt")
        ? ", for " + age(Duration.between(Instant.parse(link.path("changedAt").asString()), now))
        : "";
  }

  private static String since(JsonNode link, Instant now) {
    return link.has("since")
        ? age(Duration.between(Instant.parse(link.path("since").asString()), now))
        : "-";
  }

  private static String age(Duration age) {
    if (age.toHours() >= 48) {
      return age.toDays() + " d";
    }
    if (age.toMinutes() >= 120) {
      return age.toHours() + " h";
    }
    return age.toSeconds() >= 120 ? age.toMinutes() + " min" : Math.max(0, age.toSeconds()) + " s";
  }

  private static String list(JsonNode values) {
    String all =
        StreamSupport.stream(values.spliterator(), false)
            .map(JsonNode::asString)
            .collect(Collectors.joining(","));
    return all.isEmpty() || all.equals("+") ? "all" : all;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
  }

  private static List<String> aligned(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
