package org.wardline.server.links;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.wardline.config.ConfigException;
import org.wardline.config.ConfigFile;
import org.wardline.config.ConfigReader;
import org.wardline.server.web.Form;
import org.wardline.server.web.Json;

/**
 * The page that adds or changes a link: what was typed, as it was typed. The usual settings have
 * fields; the rest is the YAML that would stand in {@code gateway.yaml}.
 *
 * @param isNew the name can still be chosen
 * @param fields by key of {@code gateway.yaml}; no password, which is never shown again
 * @param rest every other setting
 * @param mistakes in words; empty before anything was sent
 */
public record LinkForm(
    boolean isNew, String name, Map<String, String> fields, String rest, List<String> mistakes) {
  /** One field of the page. */
  public record Field(String key, String label, String hint, boolean required, boolean number) {}

  static final String PASSWORD = "password";
  private static final Pattern LINE = Pattern.compile("line (\\d{1,6}): (.*)");
  private static final List<String> LISTS = List.of("lines", "prefixes");

  private static final List<Field> FIELDS =
      List.of(
          new Field("host", "Host", "Name or address of the carrier's SMSC.", true, false),
          new Field("port", "Port", "2775 when left empty.", false, true),
          new Field("system-id", "System id", "The account, up to 15 characters.", true, false),
          new Field(
              "window", "Window", "Texts on their way at once; 100 when left empty.", false, true),
          new Field(
              "segments-per-second",
              "Segments per second",
              "As the contract says; no limit when left empty.",
              false,
              true),
          new Field(
              "preference",
              "Preference",
              "Among links that fit, the lower number is taken first; 10 when left empty.",
              false,
              true),
          new Field(
              "lines", "Lines", "Ids with commas between; empty for all lines.", false, false),
          new Field(
              "prefixes",
              "Prefixes",
              "Beginnings of numbers, such as +1312, +44; empty for all numbers.",
              false,
              false));

  static LinkForm empty() {
    return new LinkForm(true, "", Map.of(), "", List.of());
  }

  /** What is kept of an existing link, without its secrets. */
  static LinkForm of(String name, String settings) {
    Optional<LinkText> known = LinkText.of(settings).map(LinkText::shown);
    if (known.isEmpty()) {
      return new LinkForm(
          false,
          name,
          Map.of(),
          "",
          List.of("The present settings cannot be shown here. Write all of them anew."));
    }
    LinkText text = known.get();
    return new LinkForm(
        false, name, values(name, text), text.without(keys().toList()).text().strip(), List.of());
  }

  static LinkForm typed(boolean isNew, String name, Form form) {
    Map<String, String> fields = new LinkedHashMap<>();
    FIELDS.forEach(field -> fields.put(field.key(), form.trimmed(field.key())));
    return new LinkForm(isNew, name, fields, form.text("rest").replace("\r\n", "\n"), List.of());
  }

  /**
   * @param refusal in the words of {@link LinkCheck} or a sentence
   */
  LinkForm refused(String refusal) {
    List<String> lines = refusal.lines().toList();
    return new LinkForm(
        isNew,
        name,
        fields,
        rest,
        (lines.size() > 1 ? lines.subList(1, lines.size()) : lines)
            .stream().map(String::strip).map(this::withoutForeignLine).distinct().toList());
  }

  /** One that was sent without a name, or with one that cannot be. */
  LinkForm withoutName() {
    return new LinkForm(
        isNew,
        name,
        fields,
        rest,
        Stream.concat(
                Stream.of(
                    name.isEmpty()
                        ? "\"name\" is missing."
                        : "\"name\" must have 1 to 32 small letters, digits and dashes, and begin"
                            + " with a letter or digit."),
                mistakes.stream())
            .toList());
  }

  /** What is wrong with a field has no line that the person could see. */
  private String withoutForeignLine(String mistake) {
    Matcher line = LINE.matcher(mistake);
    return line.matches()
            && Stream.concat(keys(), Stream.of(PASSWORD))
                .anyMatch(key -> line.group(2).startsWith("\"" + key + "\"") && !inRest(key))
        ? line.group(2)
        : mistake;
  }

  private boolean inRest(String key) {
    return rest.lines().anyMatch(line -> line.startsWith(key));
  }

  /** What is wrong with a field; null when nothing is. */
  public @Nullable String mistake(String key) {
    return mistakes.stream()
        .filter(mistake -> mistake.startsWith("\"" + key + "\""))
        .findFirst()
        .orElse(null);
  }

  /**
   * The settings as one text. The YAML a person typed comes first, so that the line numbers of
   * complaints are those the person sees.
   *
   * @param password empty when none was typed
   */
  String settings(String password) {
    StringBuilder text = new StringBuilder(rest.stripTrailing());
    text.append(text.isEmpty() ? "" : "\n");
    fields.forEach(
        (key, value) -> {
          if (!value.isEmpty()) {
            text.append(key).append(": ").append(LISTS.contains(key) ? list(value) : quoted(value));
            text.append('\n');
          }
        });
    if (!password.isEmpty()) {
      text.append(PASSWORD + ": ").append(quoted(password)).append('\n');
    }
    return text.toString();
  }

  public List<Field> known() {
    return FIELDS;
  }

  public String value(String key) {
    return fields.getOrDefault(key, "");
  }

  private static Stream<String> keys() {
    return FIELDS.stream().map(Field::key);
  }

  private static Map<String, String> values(String name, LinkText text) {
    Map<String, String> values = new LinkedHashMap<>();
    try {
      ConfigFile.ofText(name, text.text())
          .read(
              root -> {
                text.entries().keySet().forEach(root::has);
                keys().filter(root::has).forEach(key -> values.put(key, value(root, key)));
                return values;
              });
    } catch (ConfigException e) {
      // The page then shows the fields that could be read; saving says what is wrong.
    }
    return values;
  }

  private static String value(ConfigReader root, String key) {
    return LISTS.contains(key) ? String.join(", ", root.strings(key)) : root.string(key);
  }

  private static String list(String value) {
    return Stream.of(value.split(","))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .map(LinkForm::quoted)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** A JSON string is a YAML string (YAML 1.2 §1.3). */
  private static String quoted(String value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "LinkForm[redacted]";
  }
}
