package org.wardline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  enum Mode {
    FAST_PATH,
    SLOW
  }

  record Database(
      String url, int port, Duration timeout, int size, boolean tls, Mode mode, Path folder) {
    static Database from(ConfigReader reader) {
      return new Database(
          reader.string("url"),
          reader.port("port", 5432),
          reader.duration("connect-timeout", Duration.ofSeconds(5)),
          reader.integer("pool-size", 1, 50, 8),
          reader.flag("tls", true),
          reader.choice("mode", Mode.class, Mode.SLOW),
          reader.path("folder", Path.of("/var")));
    }
  }

  @TempDir Path dir = Path.of("");

  @Test
  void every_kind_of_value_is_read_and_defaults_fill_the_rest() throws IOException {
    Path file =
        write(
            """
            # a comment
            database:
              url: jdbc:postgresql://127.0.0.1/x
              port: 15432
              connect-timeout: 250ms
              tls: false
              mode: fast-path
              folder: data/x
            """);
    Database read = ConfigFile.load(file).read(root -> Database.from(root.section("database")));
    assertThat(read)
        .isEqualTo(
            new Database(
                "jdbc:postgresql://127.0.0.1/x",
                15432,
                Duration.ofMillis(250),
                8,
                false,
                Mode.FAST_PATH,
                dir.toAbsolutePath().resolve("data/x")));
  }

  @Test
  void lists_of_sections_and_of_values_are_read_in_order() throws IOException {
    Path file =
        write(
            """
            lines:
              - name: main
                number: "+13125550100"
              - name: night
            zones: [a, b]
            """);
    List<String> read =
        ConfigFile.load(file)
            .read(
                root -> {
                  List<String> all =
                      new java.util.ArrayList<>(
                          root.sections("lines").stream()
                              .map(line -> line.string("name") + line.string("number", "-"))
                              .toList());
                  all.addAll(root.strings("zones"));
                  return all;
                });
    assertThat(read).containsExactly("main+13125550100", "night-", "a", "b");
  }

  @Test
  void an_unknown_key_refuses_with_file_line_and_the_nearest_known_key() throws IOException {
    Path file = write("database:\n  url: x\n  conect-timeout: 3s\n");
    assertThatThrownBy(
            () -> ConfigFile.load(file).read(root -> Database.from(root.section("database"))))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "One problem in %s:\n  line 3: unknown key \"database.conect-timeout\". Did you mean \"database.connect-timeout\"?"
                .formatted(file));
  }

  @Test
  void an_unknown_section_refuses_too() throws IOException {
    Path file = write("databse:\n  url: x\ndatabase:\n  url: x\n");
    assertThatThrownBy(
            () -> ConfigFile.load(file).read(root -> Database.from(root.section("database"))))
        .hasMessageContaining("line 1: unknown key \"databse\". Did you mean \"database\"?");
  }

  @Test
  void all_problems_are_listed_at_once_in_the_order_of_their_lines() throws IOException {
    Path file =
        write(
            """
            database:
              port: 99999
              connect-timeout: soon
              pool-size: 0
              tls: yes
              mode: warp
              prot: 1
            """);
    assertThatThrownBy(
            () -> ConfigFile.load(file).read(root -> Database.from(root.section("database"))))
        .hasMessageStartingWith("7 problems in " + file)
        .hasMessageContaining("\"database.url\" is missing")
        .hasMessageContaining("line 2: \"database.port\" must be a whole number from 1 to 65535")
        .hasMessageContaining(
            "line 3: \"database.connect-timeout\" must be a period such as 500ms, 10s, 5m, 2h or 30d")
        .hasMessageContaining("line 4: \"database.pool-size\" must be a whole number from 1 to 50")
        .hasMessageContaining("line 5: \"database.tls\" must be true or false")
        .hasMessageContaining("line 6: \"database.mode\" must be one of: fast-path, slow")
        .hasMessageContaining(
            "line 7: unknown key \"database.prot\". Did you mean \"database.port\"?");
  }

  @Test
  void a_key_set_twice_is_refused() throws IOException {
    Path file = write("database:\n  url: x\n  url: y\n");
    assertThatThrownBy(
            () -> ConfigFile.load(file).read(root -> Database.from(root.section("database"))))
        .hasMessageContaining("line 3: \"url\" is already set on line 2.");
  }

  @Test
  void broken_yaml_and_a_missing_file_are_said_plainly() throws IOException {
    Path file = write("database:\n  url: \"x\n port: [\n");
    assertThatThrownBy(() -> ConfigFile.load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("not readable as YAML");
    assertThatThrownBy(() -> ConfigFile.load(dir.resolve("none.yaml")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is missing");
  }

  @Test
  void a_record_that_refuses_its_values_is_a_problem_like_others() throws IOException {
    Path file = write("a: 1\n");
    assertThatThrownBy(
            () ->
                ConfigFile.load(file)
                    .read(
                        root -> {
                          root.string("a");
                          throw new IllegalArgumentException(
                              "The window must be longer than the step.");
                        }))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("The window must be longer than the step.");
  }

  @Test
  void an_encrypted_secret_is_opened_with_the_key_file() throws IOException {
    Path key = secretFile("config.key", "a-key", "rw-------");
    String encrypted = SecretCipher.withKeyFrom(key).encrypt(Secret.of("open sesame"));
    assertThat(encrypted).startsWith("ENC(").doesNotContain("sesame");
    Path file = write("password: " + encrypted + "\n");
    assertThat(ConfigFile.load(file, key).read(root -> root.secret("password")).reveal())
        .isEqualTo("open sesame");
  }

  @Test
  void a_secret_encrypted_with_another_key_is_refused_without_being_shown() throws IOException {
    Path key = secretFile("config.key", "a-key", "rw-------");
    Path other = secretFile("other.key", "another-key", "rw-------");
    Path file =
        write(
            "password: "
                + SecretCipher.withKeyFrom(other).encrypt(Secret.of("open sesame"))
                + "\n");
    assertThatThrownBy(() -> ConfigFile.load(file, key).read(root -> root.secret("password")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "line 1: \"password\" was encrypted with another key, or is damaged.");
  }

  @Test
  void a_clear_text_secret_is_refused_without_being_repeated() throws IOException {
    Path file = write("password: hunter2\n");
    assertThatThrownBy(() -> ConfigFile.load(file).read(root -> root.secret("password")))
        .hasMessageContaining("line 1: \"password\" is a secret in clear text")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void a_secret_may_come_from_a_file_that_is_closed_to_others() throws IOException {
    secretFile("pw", "from a file\n", "r--------");
    Path file = write("password: file:pw\n");
    assertThat(ConfigFile.load(file).read(root -> root.secret("password")).reveal())
        .isEqualTo("from a file");
  }

  @Test
  void a_secret_file_open_to_others_is_refused_with_the_command_that_closes_it()
      throws IOException {
    Path open = secretFile("pw", "from a file", "rw-r--r--");
    Path file = write("password: file:pw\n");
    assertThatThrownBy(() -> ConfigFile.load(file).read(root -> root.secret("password")))
        .hasMessageContaining("chmod 600 " + open);
  }

  @Test
  void secrets_do_not_print_themselves() {
    Secret secret = Secret.random(new SecureRandom());
    assertThat(secret.toString()).isEqualTo("[redacted]");
    assertThat(secret.reveal()).hasSize(32);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(dir.resolve("wardline.yaml"), text).toAbsolutePath();
  }

  private Path secretFile(String name, String text, String mode) throws IOException {
    Path file = Files.writeString(dir.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file.toAbsolutePath();
  }
}
