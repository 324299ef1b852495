package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTextTest {
  @TempDir Path dir = Path.of("");

  @Test
  void a_new_file_gets_header_sections_and_mode_0600() throws IOException {
    Path file = dir.resolve("a.yaml");
    SettingsText text = SettingsText.of(file, "# header");
    text.set("console", "port", "8443");
    text.set("database", "url", "x");
    text.set("console", "host", "y");
    text.write();
    assertThat(Files.readString(file))
        .isEqualTo("# header\nconsole:\n  port: 8443\n  host: y\ndatabase:\n  url: x\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void what_a_person_wrote_stays_where_it_is() throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("a.yaml"),
            """
            # mine
            console:
              port: 9000   # not the usual one
              prot: 3

            database:
              url: old
            """);
    SettingsText text = SettingsText.of(file, "# header");
    text.setIfMissing("console", "port", "8443");
    text.set("database", "url", "new");
    text.set("database", "user", "u");
    text.write();
    assertThat(Files.readString(file))
        .isEqualTo(
            """
            # mine
            console:
              port: 9000   # not the usual one
              prot: 3

            database:
              url: new
              user: u
            """);
    assertThat(SettingsText.of(file, "").get("console", "port")).contains("9000");
  }
}
