package org.wardline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.sms.TransportKeys;

class PrivateFileTest {
  @TempDir Path folder = Path.of("");

  @Test
  void it_replaces_the_content_and_is_closed_to_others_whatever_was_there() throws IOException {
    Path file = folder.resolve("key");
    Files.writeString(file, "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    PrivateFile.write(file, "new ü");
    assertThat(file).hasContent("new ü");
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(names()).containsExactly("key");
  }

  @Test
  void a_write_that_fails_leaves_the_old_content_and_no_copy_of_the_secret() throws IOException {
    Path file = folder.resolve("key");
    Files.createDirectories(file.resolve("in the way"));
    assertThatThrownBy(() -> PrivateFile.write(file, "secret")).isInstanceOf(IOException.class);
    assertThat(names()).containsExactly("key");
  }

  @Test
  void what_is_public_can_be_read_by_all() throws IOException {
    PrivateFile.writePublic(folder.resolve("ca.pem"), "certificate");
    assertThat(mode(folder.resolve("ca.pem"))).isEqualTo("rw-r--r--");
  }

  @Test
  void keys_and_secrets_are_written_that_way() throws IOException {
    TransportKeys.loadOrCreate(folder.resolve("transport.keys"));
    SecretFile.write(folder.resolve("password"), Secret.of("pw"));
    assertThat(names()).containsExactly("password", "transport.keys");
    assertThat(mode(folder.resolve("transport.keys"))).isEqualTo("rw-------");
    assertThat(SecretFile.read(folder.resolve("password"))).isEqualTo(Secret.of("pw"));
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }
}
