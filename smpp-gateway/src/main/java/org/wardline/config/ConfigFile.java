package org.wardline.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code wardline.yaml}: dash-case keys in sections, one section and one record per feature. Every
 * key must be asked for by some feature; what nobody asked for is a spelling mistake and refuses
 * the start.
 *
 * <pre>
 * Settings settings = ConfigFile.load(path, keyFile).read(
 *     root -&gt; new Settings(DatabaseSettings.from(root.section("database")), …));
 * </pre>
 */
public final class ConfigFile {
  private final Path file;
  private final String name;
  private final Optional<Path> keyFile;
  private final boolean secretsAreClear;
  private final List<ConfigProblem> problems = new ArrayList<>();
  private final ConfigReader root;
  private @Nullable SecretCipher cipher;

  private ConfigFile(Path file, Optional<Path> keyFile) {
    this.file = file.toAbsolutePath();
    this.name = this.file.toString();
    this.keyFile = keyFile;
    this.secretsAreClear = false;
    this.root = new ConfigReader(this, "", ConfigParser.ofFile(this.file, problems).parse());
  }

  private ConfigFile(String name, String text) {
    this.file = Path.of("").toAbsolutePath();
    this.name = name;
    this.keyFile = Optional.empty();
    this.secretsAreClear = true;
    this.root = new ConfigReader(this, "", new ConfigParser(name, text, problems).parse());
  }

  /**
   * For settings that are kept sealed as a whole, so that their secrets stand in them in clear.
   *
   * @param name what to call them in complaints
   */
  public static ConfigFile ofText(String name, String text) {
    return new ConfigFile(name, text);
  }

  /** For files without {@code ENC(...)} values. */
  public static ConfigFile load(Path file) {
    return new ConfigFile(file, Optional.empty());
  }

  /** {@code keyFile} is opened only when the file holds an {@code ENC(...)} value. */
  public static ConfigFile load(Path file, Path keyFile) {
    return new ConfigFile(file, Optional.of(keyFile));
  }

  /**
   * Gives the whole file to {@code reading} and returns what it makes of it.
   *
   * @throws ConfigException naming every problem at once, each with its line. A record that refuses
   *     its values ({@link IllegalArgumentException}) is one of them.
   */
  public <T> T read(Function<ConfigReader, T> reading) {
    @Nullable T result = null;
    try {
      result = reading.apply(root);
      root.reportUnknownKeys();
    } catch (IllegalArgumentException e) {
      // With problems known already, the record most likely stumbled over a stand-in value.
      if (problems.isEmpty()) {
        problem(1, e.getMessage() == null ? "The values do not fit together." : e.getMessage());
      }
    }
    if (result == null || !problems.isEmpty()) {
      throw new ConfigException(message());
    }
    return result;
  }

  void problem(int line, String text) {
    problems.add(new ConfigProblem(line, text));
  }

  boolean secretsAreClear() {
    return secretsAreClear;
  }

  Path folder() {
    Path parent = file.getParent();
    return parent == null ? file : parent;
  }

  Secret decrypt(String value) {
    if (cipher == null) {
      cipher =
          SecretCipher.withKeyFrom(
              keyFile.orElseThrow(
                  () -> new ConfigException("is encrypted, but no key file was given")));
    }
    return cipher.decrypt(value);
  }

  private String message() {
    String list =
        problems.stream()
            .sorted(Comparator.comparingInt(ConfigProblem::line))
            .map(p -> "  line %d: %s".formatted(p.line(), p.text()))
            .distinct()
            .collect(Collectors.joining("\n"));
    String head = problems.size() == 1 ? "One problem in %s:" : "%2$d problems in %1$s:";
    return head.formatted(name, problems.size()) + "\n" + list;
  }
}
