package org.wardline.server.patients;

import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the selects of the patient pages offer. */
public final class Choices {
  /** A value and the words shown for it. */
  public record Choice(String value, String label) {}

  public static final List<Choice> LANGUAGES =
      List.of(
          new Choice("en", "English"),
          new Choice("es", "Español (Spanish)"),
          new Choice("ar", "العربية (Arabic)"),
          new Choice("fr", "Français (French)"),
          new Choice("ht", "Kreyòl ayisyen (Haitian Creole)"),
          new Choice("ko", "한국어 (Korean)"),
          new Choice("pl", "Polski (Polish)"),
          new Choice("pt", "Português (Portuguese)"),
          new Choice("ru", "Русский (Russian)"),
          new Choice("so", "Soomaali (Somali)"),
          new Choice("tl", "Tagalog"),
          new Choice("uk", "Українська (Ukrainian)"),
          new Choice("vi", "Tiếng Việt (Vietnamese)"),
          new Choice("zh", "中文 (Chinese)"));

  public static final List<Choice> NEAR_ZONES =
      List.of(
          new Choice("America/New_York", "Eastern (New York)"),
          new Choice("America/Chicago", "Central (Chicago)"),
          new Choice("America/Denver", "Mountain (Denver)"),
          new Choice("America/Phoenix", "Mountain without daylight saving (Phoenix)"),
          new Choice("America/Los_Angeles", "Pacific (Los Angeles)"),
          new Choice("America/Anchorage", "Alaska (Anchorage)"),
          new Choice("Pacific/Honolulu", "Hawaii (Honolulu)"),
          new Choice("America/Puerto_Rico", "Atlantic (Puerto Rico)"));

  private static final Set<String> AREAS =
      Set.of("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific");

  private static final Set<String> ALL_ZONES = allZones();

  private Choices() {}

  private static Set<String> allZones() {
    Set<String> zones = new TreeSet<>();
    for (String id : ZoneId.getAvailableZoneIds()) {
      int slash = id.indexOf('/');
      if (slash > 0 && AREAS.contains(id.substring(0, slash))) {
        zones.add(id);
      }
    }
    return zones;
  }

  /** Every other zone, by id. */
  public static List<String> farZones() {
    return ALL_ZONES.stream()
        .filter(id -> NEAR_ZONES.stream().noneMatch(near -> near.value().equals(id)))
        .toList();
  }

  static boolean isZone(String id) {
    return ALL_ZONES.contains(id);
  }
}
