package org.wardline.server.links;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A link's settings as text: the YAML of an entry of {@code links:} in {@code gateway.yaml}, taken
 * apart by its outermost keys without reading the values. Each key begins a line, so that what is
 * secret can be told from the rest for sure.
 *
 * @param entries the lines of each setting, comments before it included
 */
record LinkText(Map<String, String> entries) {
  private static final Pattern ENTRY = Pattern.compile("([a-z][a-z0-9-]*)[ \t]*:(\\s.*)?");
  private static final Pattern SECRET =
      Pattern.compile("password|secret|passphrase|private", Pattern.CASE_INSENSITIVE);

  /** Empty when a line is neither the beginning of a setting nor inside one. */
  static Optional<LinkText> of(String text) {
    Map<String, String> entries = new LinkedHashMap<>();
    StringBuilder before = new StringBuilder();
    String key = "";
    for (String line : text.replace("\r\n", "\n").split("\n")) {
      Matcher begins = ENTRY.matcher(line);
      if (begins.matches()) {
        key = begins.group(1);
        if (entries.put(key, before + line + "\n") != null) {
          return Optional.empty();
        }
        before.setLength(0);
      } else if (line.isBlank() || line.startsWith("#")) {
        before.append(line).append('\n');
      } else if (!key.isEmpty() && line.matches("[ \t-].*")) {
        entries.merge(key, before + line + "\n", String::concat);
        before.setLength(0);
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(new LinkText(entries));
  }

  /** What may be shown again: no setting that holds, or might hold, a secret. */
  LinkText shown() {
    return only(entry -> !isSecret(entry));
  }

  /** Without the settings named. */
  LinkText without(java.util.Collection<String> keys) {
    return only(entry -> !keys.contains(entry.getKey()));
  }

  /** These settings, and of {@code before} those secrets that are not named anew. */
  LinkText keepingSecretsOf(LinkText before) {
    Map<String, String> all = new LinkedHashMap<>(entries);
    before.entries.entrySet().stream()
        .filter(LinkText::isSecret)
        .forEach(entry -> all.putIfAbsent(entry.getKey(), entry.getValue()));
    return new LinkText(all);
  }

  String text() {
    return String.join("", entries.values());
  }

  private LinkText only(Predicate<Map.Entry<String, String>> wanted) {
    return new LinkText(
        entries.entrySet().stream()
            .filter(wanted)
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, Map.Entry::getValue, String::concat, LinkedHashMap::new)));
  }

  private static boolean isSecret(Map.Entry<String, String> entry) {
    return SECRET.matcher(entry.getValue()).find();
  }

  @Override
  public String toString() {
    return "LinkText[redacted]";
  }
}
