package org.wardline.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One section of the file. Asking for a key makes it known. A bad value is noted and a harmless
 * stand-in returned, so that the person sees all mistakes at once; {@link ConfigFile#read} never
 * lets a stand-in out.
 */
public final class ConfigReader {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
  private static final Pattern DASH_CASE = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
  private static final int MAX_PORT = 65_535;

  private final ConfigFile file;
  private final String path;
  private final ConfigNode.Section section;
  private final TreeSet<String> known = new TreeSet<>();
  private final Map<String, ConfigReader> children = new LinkedHashMap<>();

  ConfigReader(ConfigFile file, String path, ConfigNode.Section section) {
    this.file = file;
    this.path = path;
    this.section = section;
  }

  /** True when the file sets the key or has the section. */
  public boolean has(String key) {
    learn(key);
    return section.entries().containsKey(key);
  }

  /** The value as written; a missing key is a problem. */
  public String string(String key) {
    return scalar(key).map(ConfigNode.Scalar::text).orElseGet(() -> missing(key, ""));
  }

  public String string(String key, String otherwise) {
    return scalar(key).map(ConfigNode.Scalar::text).orElse(otherwise);
  }

  public Optional<String> optionalString(String key) {
    return scalar(key).map(ConfigNode.Scalar::text);
  }

  /** A whole number from {@code min} to {@code max}, both included. */
  public int integer(String key, int min, int max, int otherwise) {
    return scalar(key).map(value -> wholeNumber(key, value, min, max, otherwise)).orElse(otherwise);
  }

  /** A number that is not negative, such as 2 or 0.5. */
  public BigDecimal decimal(String key, BigDecimal otherwise) {
    return scalar(key).map(value -> number(key, value, otherwise)).orElse(otherwise);
  }

  /** A TCP port, 1 to 65535. */
  public int port(String key, int otherwise) {
    return integer(key, 1, MAX_PORT, otherwise);
  }

  /**
   * {@code true} or {@code false}; YAML's yes, no, on and off are refused because they are misread
   * so easily.
   */
  public boolean flag(String key, boolean otherwise) {
    return scalar(key)
        .map(
            value ->
                switch (value.text()) {
                  case "true" -> true;
                  case "false" -> false;
                  default -> wrong(value.line(), key, "must be true or false", otherwise);
                })
        .orElse(otherwise);
  }

  /** A period: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 2h} or {@code 30d}. */
  public Duration duration(String key, Duration otherwise) {
    return scalar(key).map(value -> period(key, value, otherwise)).orElse(otherwise);
  }

  /** One of an enum's constants, written in dash-case. */
  public <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
    return scalar(key).map(value -> constant(key, value, type, otherwise)).orElse(otherwise);
  }

  /**
   * A file or folder; a relative one starts at the configuration file's folder, not where the
   * program was started; so does a relative default.
   */
  public Path path(String key, Path otherwise) {
    return scalar(key)
        .map(value -> resolve(key, value))
        .orElseGet(() -> file.folder().resolve(otherwise));
  }

  public Path path(String key) {
    return scalar(key)
        .map(value -> resolve(key, value))
        .orElseGet(() -> missing(key, file.folder()));
  }

  /**
   * {@code ENC(...)}, or {@code file:PATH} for a file only its owner may open (systemd credentials
   * too). A clear-text secret is refused: configuration files end up in tickets and backups.
   */
  public Secret secret(String key) {
    return optionalSecret(key).orElseGet(() -> missing(key, Secret.of("missing")));
  }

  public Optional<Secret> optionalSecret(String key) {
    return scalar(key).map(value -> unlock(key, value));
  }

  /** A nested section; a missing one is empty, so that all its defaults apply. */
  public ConfigReader section(String key) {
    learn(key);
    return children.computeIfAbsent(
        key,
        k ->
            switch (section.entries().get(k)) {
              case ConfigNode.Section nested -> child(k, nested);
              case ConfigNode.Scalar empty when empty.isNull() -> child(k, nothing(empty.line()));
              case null -> child(k, nothing(section.line()));
              case ConfigNode other ->
                  wrong(
                      other.line(),
                      k,
                      "must be a section with keys of its own",
                      child(k, nothing(other.line())));
            });
  }

  /** A list of sections, such as {@code lines: [{name: main, …}]}; missing means empty. */
  public List<ConfigReader> sections(String key) {
    List<ConfigReader> readers = new ArrayList<>();
    for (ConfigNode item : items(key)) {
      if (item instanceof ConfigNode.Section nested) {
        String name = key + "[" + readers.size() + "]";
        readers.add(children.computeIfAbsent(name, n -> child(n, nested)));
      } else {
        problem(
            item.line(), "every entry of \"%s\" must have keys of its own.".formatted(named(key)));
      }
    }
    return List.copyOf(readers);
  }

  /** A list of plain values; missing means empty. */
  public List<String> strings(String key) {
    List<String> values = new ArrayList<>();
    for (ConfigNode item : items(key)) {
      if (item instanceof ConfigNode.Scalar value && !value.isNull()) {
        values.add(value.text());
      } else {
        problem(item.line(), "every entry of \"%s\" must be a plain value.".formatted(named(key)));
      }
    }
    return List.copyOf(values);
  }

  /**
   * The line a key stands on, for a feature's own complaints; the section's line when the key is
   * missing.
   */
  public int line(String key) {
    return section.keyLines().getOrDefault(key, section.line());
  }

  /** Lets a feature refuse a value for its own reason, listed with the other problems. */
  public void refuse(String key, String reason) {
    problem(line(key), "\"%s\" %s.".formatted(named(key), reason));
  }

  void reportUnknownKeys() {
    section
        .keyLines()
        .forEach(
            (key, line) -> {
              if (!known.contains(key)) {
                String hint =
                    NearestKey.to(key, known)
                        .map(near -> " Did you mean \"%s\"?".formatted(named(near)))
                        .orElseGet(() -> " Known here: %s.".formatted(String.join(", ", known)));
                problem(line, "unknown key \"%s\".%s".formatted(named(key), hint));
              }
            });
    children.values().forEach(ConfigReader::reportUnknownKeys);
  }

  private Optional<ConfigNode.Scalar> scalar(String key) {
    learn(key);
    return switch (section.entries().get(key)) {
      case null -> Optional.empty();
      case ConfigNode.Scalar value when value.isNull() || value.text().isBlank() ->
          wrong(value.line(), key, "has no value", Optional.empty());
      case ConfigNode.Scalar value -> Optional.of(value);
      case ConfigNode other -> wrong(other.line(), key, "must be a plain value", Optional.empty());
    };
  }

  private List<ConfigNode> items(String key) {
    learn(key);
    return switch (section.entries().get(key)) {
      case ConfigNode.Items list -> list.items();
      case null -> List.of();
      case ConfigNode other ->
          wrong(other.line(), key, "must be a list, each entry after \"- \"", List.of());
    };
  }

  private int wholeNumber(String key, ConfigNode.Scalar value, int min, int max, int otherwise) {
    try {
      int number = Integer.parseInt(value.text());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through to the same complaint: the person needs the range in both cases
    }
    return wrong(
        value.line(), key, "must be a whole number from %d to %d".formatted(min, max), otherwise);
  }

  private BigDecimal number(String key, ConfigNode.Scalar value, BigDecimal otherwise) {
    // No signs, exponents or NaN: nobody means them.
    return value.text().matches("\\d{1,9}(\\.\\d{1,9})?")
        ? new BigDecimal(value.text())
        : wrong(value.line(), key, "must be a number such as 2 or 0.5", otherwise);
  }

  private Duration period(String key, ConfigNode.Scalar value, Duration otherwise) {
    Matcher matcher = DURATION.matcher(value.text());
    if (!matcher.matches()) {
      return wrong(
          value.line(), key, "must be a period such as 500ms, 10s, 5m, 2h or 30d", otherwise);
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private <E extends Enum<E>> E constant(
      String key, ConfigNode.Scalar value, Class<E> type, E otherwise) {
    E[] constants = type.getEnumConstants();
    for (E constant : constants) {
      if (written(constant).equals(value.text())) {
        return constant;
      }
    }
    String all =
        Arrays.stream(constants).map(ConfigReader::written).collect(Collectors.joining(", "));
    return wrong(value.line(), key, "must be one of: " + all, otherwise);
  }

  private static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Path resolve(String key, ConfigNode.Scalar value) {
    try {
      return file.folder().resolve(value.text()).normalize();
    } catch (InvalidPathException e) {
      return wrong(value.line(), key, "is not a path", file.folder());
    }
  }

  private Secret unlock(String key, ConfigNode.Scalar value) {
    if (file.secretsAreClear()) {
      return Secret.of(value.text());
    }
    Secret standIn = Secret.of("unreadable");
    try {
      if (SecretCipher.isEncrypted(value.text())) {
        return file.decrypt(value.text());
      }
      if (value.text().startsWith("file:")) {
        return SecretFile.read(
            file.folder().resolve(value.text().substring("file:".length())).normalize());
      }
    } catch (ConfigException e) {
      String reason = e.getMessage() == null ? "cannot be read" : e.getMessage();
      String text = Character.isUpperCase(reason.charAt(0)) ? "\"%s\": %s" : "\"%s\" %s.";
      problem(value.line(), text.formatted(named(key), reason));
      return standIn;
    } catch (InvalidPathException e) {
      return wrong(value.line(), key, "does not name a file", standIn);
    }
    return wrong(
        value.line(),
        key,
        "is a secret in clear text; write it as ENC(...), or as file:PATH with the secret in a file of mode 600",
        standIn);
  }

  private <T> T missing(String key, T standIn) {
    problem(section.line(), "\"%s\" is missing.".formatted(named(key)));
    return standIn;
  }

  private <T> T wrong(int line, String key, String what, T standIn) {
    problem(line, "\"%s\" %s.".formatted(named(key), what));
    return standIn;
  }

  private void problem(int line, String text) {
    file.problem(line, text);
  }

  private void learn(String key) {
    if (!DASH_CASE.matcher(key).matches()) {
      throw new IllegalStateException("Keys are dash-case: " + key);
    }
    known.add(key);
  }

  private String named(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private ConfigReader child(String key, ConfigNode.Section nested) {
    return new ConfigReader(file, named(key), nested);
  }

  private static ConfigNode.Section nothing(int line) {
    return new ConfigNode.Section(line, Map.of(), Map.of());
  }
}
