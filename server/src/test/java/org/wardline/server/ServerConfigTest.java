package org.wardline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardline.config.ConfigException;
import org.wardline.sms.InDoubt;

class ServerConfigTest {
  private static final String ENGINES =
      """
      database: {url: "jdbc:postgresql://127.0.0.1/x", password: "file:secret", owner-password: "file:secret"}
      archive: {password: "file:secret"}
      """;
  private static final String PRACTICE = "practice: {name: \"Northside Clinic\"}\n";
  private static final String LINES =
      "lines: [{id: main, name: \"Front desk\", number: \"+13125550199\"}]\n";

  @TempDir Path dir = Path.of("");

  @BeforeEach
  void secret() throws IOException {
    Path secret =
        Files.createFile(
            dir.resolve("secret"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(secret, "secret");
  }

  private ServerConfig load(String text) throws IOException {
    Path file = dir.resolve("wardline.yaml");
    Files.writeString(file, ENGINES + text);
    return ServerConfig.load(file, dir.resolve("config.key"));
  }

  @Test
  void the_practice_and_its_lines_are_what_the_file_says() throws IOException {
    ServerConfig config = load(PRACTICE + LINES + "console: {idle-log-off: 15m}");
    assertThat(config.conversations().lines())
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.practiceName()).isEqualTo("Northside Clinic");
              assertThat(line.number().value()).isEqualTo("+13125550199");
            });
    assertThat(config.idleLogOff()).isEqualTo(Duration.ofMinutes(15));
  }

  @ParameterizedTest
  @EnumSource
  void a_line_says_what_becomes_of_a_text_whose_answer_was_lost(InDoubt inDoubt)
      throws IOException {
    ServerConfig config =
        load(PRACTICE + LINES.replace("id: main", "id: main, in-doubt: " + inDoubt.wireName()));
    assertThat(config.conversations().lines())
        .singleElement()
        .satisfies(line -> assertThat(line.inDoubt()).isEqualTo(inDoubt));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "lines: [{id: main, number: \"+13125550199\"}] | \"practice.name\" is missing",
        "practice: {name: X} | \"lines\" must have at least one line",
        "practice: {name: X}~lines: [] | \"lines\" must have at least one line",
        "lines: [{id: a, number: \"+13125550199\"}, {id: a, number: \"+13125550198\"}] | lines[1].id\" is another line's",
        "lines: [{id: a, number: \"+13125550199\"}, {id: b, number: \"(312) 555-0199\"}] | lines[1].number\" is another line's",
        "lines: [{id: a, number: \"5550199\"}] | lines[0].number\" is no phone number",
        "console: {idle-log-off: 16m} | \"console.idle-log-off\" must be from 1m to 15m",
        "console: {idle-log-off: 59s} | \"console.idle-log-off\" must be from 1m to 15m",
      })
  void what_cannot_run_is_refused_with_its_key(String text, String complaint) {
    assertThatThrownBy(() -> load(text.replace('~', '\n')))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(complaint);
  }
}
