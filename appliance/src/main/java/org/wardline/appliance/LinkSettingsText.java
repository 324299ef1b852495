package org.wardline.appliance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wardline.config.ConfigException;
import org.wardline.gateway.GatewayConfig;
import tools.jackson.databind.json.JsonMapper;

/** What {@code wardline link add} makes of its options: the YAML that the gateway reads. */
final class LinkSettingsText {
  private static final List<String> LISTS = List.of("lines", "prefixes");
  private static final String PASSWORD = "password";

  private final StringBuilder text = new StringBuilder();

  /**
   * @param file what a {@code --file} holds; comes first, so that line numbers are the file's
   * @param sets in the order given
   */
  LinkSettingsText(String file, Map<String, String> sets, Optional<String> password) {
    text.append(file.isBlank() || file.endsWith("\n") ? file : file + "\n");
    new LinkedHashMap<>(sets).forEach(this::set);
    password.ifPresent(secret -> set(PASSWORD, secret));
  }

  private void set(String key, String value) {
    text.append(key).append(": ").append(LISTS.contains(key) ? list(value) : quoted(value));
    text.append('\n');
  }

  /**
   * Every mistake, as the gateway would find it.
   *
   * @param passwordIsKept the link is there, and a missing password means the old one
   */
  Optional<String> mistakes(String link, boolean passwordIsKept) {
    boolean named = text.toString().lines().anyMatch(line -> line.startsWith(PASSWORD + ":"));
    String whole = passwordIsKept && !named ? text + PASSWORD + ": kept\n" : text.toString();
    try {
      var _ = GatewayConfig.link(link, whole);
      return Optional.empty();
    } catch (ConfigException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  String text() {
    return text.toString();
  }

  private static String list(String value) {
    return value.startsWith("[")
        ? value
        : Stream.of(value.split(","))
            .map(String::strip)
            .map(LinkSettingsText::quoted)
            .collect(Collectors.joining(", ", "[", "]"));
  }

  /** A JSON string is a YAML string (YAML 1.2 §1.3). */
  private static String quoted(String value) {
    return JsonMapper.shared().writeValueAsString(value);
  }
}
