package org.wardline.appliance.engines;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineUserTest {
  @TempDir Path bin = Path.of("");

  @Test
  void a_missing_tool_is_named_with_its_package_for_root_and_for_everybody_else() throws Exception {
    install("setsid");
    assertThatThrownBy(() -> EngineUser.requireTools(bin, false))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("prlimit")
        .hasMessageContaining("apt-get install util-linux");
    install("prlimit");
    EngineUser.requireTools(bin, false);
    assertThatThrownBy(() -> EngineUser.requireTools(bin, true))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("setpriv");
  }

  private void install(String tool) throws Exception {
    Files.createFile(
        bin.resolve(tool),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
