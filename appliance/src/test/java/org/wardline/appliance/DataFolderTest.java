package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path dir = Path.of("");

  @Test
  void a_new_folder_is_closed_to_others() throws IOException {
    try (DataFolder folder = DataFolder.open(dir.resolve("a/b"), false)) {
      for (String part : new String[] {"", "keys", "secrets", "logs"}) {
        assertThat(mode(folder.path().resolve(part))).isEqualTo("rwx------");
      }
    }
    try (DataFolder folder = DataFolder.open(dir.resolve("c"), true)) {
      assertThat(mode(folder.path())).isEqualTo("rwx--x--x");
      assertThat(mode(folder.path().resolve("keys"))).isEqualTo("rwx------");
      assertThat(mode(folder.secrets())).isEqualTo("rwx------");
    }
  }

  @Test
  void a_second_start_on_the_same_folder_is_refused_with_the_pid_of_the_first() {
    try (DataFolder first = DataFolder.open(dir, false)) {
      assertThatThrownBy(() -> DataFolder.open(dir, false))
          .isInstanceOf(StartRefused.class)
          .hasMessageContaining("already runs (pid " + ProcessHandle.current().pid() + ")");
      assertThat(first.path()).exists();
    }
    DataFolder.open(dir, false).close();
  }

  @Test
  void a_file_in_the_folders_place_is_refused() throws IOException {
    Path file = Files.createFile(dir.resolve("file"));
    assertThatThrownBy(() -> DataFolder.open(file, false))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("is a file, not a folder")
        .hasMessageContaining("--data DIR");
    assertThatThrownBy(() -> DataFolder.open(file.resolve("below"), false))
        .isInstanceOf(StartRefused.class);
  }

  @Test
  void files_and_folders_in_each_others_place_are_refused_by_name() throws IOException {
    Files.createDirectories(dir.resolve("x/run.json"));
    assertThatThrownBy(() -> DataFolder.open(dir.resolve("x"), false))
        .hasMessageContaining("run.json is a folder");
    Files.createDirectories(dir.resolve("y"));
    Files.createFile(dir.resolve("y/secrets"));
    assertThatThrownBy(() -> DataFolder.open(dir.resolve("y"), false))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("secrets must be a folder");
    Files.delete(dir.resolve("y/secrets"));
    DataFolder.open(dir.resolve("y"), false).close(); // the refusal let go of the lock
  }

  @Test
  void a_run_json_of_a_killed_run_is_removed_whatever_it_holds() throws IOException {
    Files.writeString(dir.resolve("run.json"), "}{ garbage");
    try (DataFolder folder = DataFolder.open(dir, false)) {
      assertThat(folder.runFile()).doesNotExist();
    }
  }

  @Test
  void a_disk_without_room_is_refused() {
    assertThatThrownBy(() -> DataFolder.open(dir, false, Long.MAX_VALUE))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("MB are free on the disk of " + dir);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
