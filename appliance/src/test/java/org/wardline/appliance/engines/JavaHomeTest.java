package org.wardline.appliance.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaHomeTest {
  @TempDir Path dir = Path.of("");

  private Path jdk(String folder, String version) throws IOException {
    Path home = Files.createDirectories(dir.resolve(folder));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    Path java = Files.createFile(Files.createDirectory(home.resolve("bin")).resolve("java"));
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    return home;
  }

  @Test
  void without_java_17_it_says_what_to_install() throws IOException {
    Path other = jdk("jvm/jdk-25", "25.0.1");
    assertThatThrownBy(
            () -> JavaHome.of17(Map.of("JAVA_HOME", other.toString()), dir.resolve("jvm")))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("needs Java 17")
        .hasMessageContaining("apt-get install openjdk-17-jre-headless")
        .hasMessageContaining(JavaHome.VARIABLE);
    assertThatThrownBy(() -> JavaHome.of17(Map.of(), dir.resolve("no-such-folder")))
        .isInstanceOf(EngineException.class);
  }

  @Test
  void what_a_person_named_comes_before_what_is_installed() throws IOException {
    jdk("jvm/jdk-25", "25.0.1");
    Path installed = jdk("jvm/jre-17", "17.0.12");
    Path named = jdk("mine", "17.0.9");
    assertThat(JavaHome.of17(Map.of(), dir.resolve("jvm"))).isEqualTo(installed);
    assertThat(JavaHome.of17(Map.of(JavaHome.VARIABLE, named.toString()), dir.resolve("jvm")))
        .isEqualTo(named);
    assertThat(
            JavaHome.of17(
                Map.of(JavaHome.VARIABLE, dir.resolve("gone").toString()), dir.resolve("jvm")))
        .isEqualTo(installed);
  }
}
