package org.wardline.appliance.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A start takes five seconds, so the tests walk through the life of one folder in order. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CassandraEngineTest {
  @SuppressWarnings("NullAway.Init") // set by first_start
  private EngineFolder folder;

  @SuppressWarnings("NullAway.Init") // set by first_start
  private CassandraEngine engine;

  @BeforeAll
  void first_start(@TempDir Path dir) throws IOException {
    folder = EngineFolder.in(dir.resolve("wardline"));
    engine = folder.cassandra();
    engine.start();
  }

  @AfterAll
  void stop() {
    engine.stop();
  }

  @Test
  @Order(1)
  void the_published_default_account_is_gone() {
    assertThatThrownBy(() -> open("cassandra", "cassandra"))
        .isInstanceOf(AllNodesFailedException.class);
  }

  @Test
  @Order(2)
  void the_archive_role_makes_its_keyspace_and_touches_nothing_else() {
    try (CqlSession archive =
        open(CassandraEngine.ARCHIVE_ROLE, engine.archivePassword().reveal())) {
      archive.execute(
          "CREATE KEYSPACE kept WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}");
      archive.execute("CREATE TABLE kept.rows (id int PRIMARY KEY, value text)");
      assertThatThrownBy(() -> archive.execute("SELECT * FROM system_auth.roles"))
          .isInstanceOf(UnauthorizedException.class);
      assertThatThrownBy(() -> archive.execute("CREATE ROLE intruder"))
          .isInstanceOf(UnauthorizedException.class);
    }
  }

  @Test
  @Order(3)
  void it_runs_with_the_settings_that_keep_what_it_acknowledged() {
    try (CqlSession admin =
        open("wardline_admin", folder.secrets().getOrMake("cassandra-admin").reveal())) {
      for (List<String> expected :
          List.of(
              List.of("disk_failure_policy", "stop"),
              List.of("commit_failure_policy", "stop"),
              List.of("commitlog_sync", "group"),
              List.of("authenticator", "PasswordAuthenticator"),
              List.of("authorizer", "CassandraAuthorizer"))) {
        var row =
            admin
                .execute(
                    "SELECT value FROM system_views.settings WHERE name = '%s'"
                        .formatted(expected.getFirst()))
                .one();
        assertThat(row).as(expected.getFirst()).isNotNull();
        assertThat(java.util.Objects.requireNonNull(row).getString(0)).contains(expected.getLast());
      }
    }
  }

  @Test
  @Order(4)
  void a_node_left_by_a_killed_launcher_is_taken_over() {
    CassandraEngine later = folder.cassandra();
    later.start();
    assertThat(later.pid()).isEqualTo(engine.pid());
    assertThat(later.port()).isEqualTo(engine.port());
    assertThat(folder.progress().getLast()).contains("taken over");
    engine = later;
  }

  @Test
  @Order(5)
  void an_acknowledged_write_survives_sigkill_and_the_restart_keeps_the_port() {
    int port = engine.port();
    try (CqlSession archive =
        open(CassandraEngine.ARCHIVE_ROLE, engine.archivePassword().reveal())) {
      for (int id = 0; id < 100; id++) {
        archive.execute("INSERT INTO kept.rows (id, value) VALUES (%d, 'x')".formatted(id));
      }
      OsProcess.of(engine.pid()).orElseThrow().kill();
    }
    engine.start();
    assertThat(engine.port()).isEqualTo(port);
    try (CqlSession archive =
        open(CassandraEngine.ARCHIVE_ROLE, engine.archivePassword().reveal())) {
      assertThat(archive.execute("SELECT id FROM kept.rows").all()).hasSize(100);
    }
  }

  @Test
  @Order(6)
  void after_a_clean_stop_a_taken_port_makes_it_move_aside() throws IOException {
    engine.stop();
    assertThat(engine.isRunning()).isFalse();
    int wanted = Ports.freeFrom(19_042);
    try (ServerSocket foreign = new ServerSocket(wanted, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      engine = folder.cassandra();
      engine.start();
      assertThat(engine.port()).isNotEqualTo(foreign.getLocalPort());
      try (CqlSession archive =
          open(CassandraEngine.ARCHIVE_ROLE, engine.archivePassword().reveal())) {
        assertThat(archive.execute("SELECT id FROM kept.rows").all()).hasSize(100);
      }
    }
  }

  @Test
  @Order(7)
  void a_port_that_another_program_takes_in_the_same_moment_is_left_to_it() throws IOException {
    engine.stop();
    try (FasterProgram faster = new FasterProgram(1)) {
      engine = folder.cassandra(faster);
      engine.start();
      assertThat(engine.port()).isNotIn(faster.ports());
      assertThat(folder.progress())
          .anyMatch(
              line ->
                  line.startsWith(
                      "another program took one of the ports 127.0.0.1:"
                          + faster.ports().getFirst()));
      try (CqlSession archive =
          open(CassandraEngine.ARCHIVE_ROLE, engine.archivePassword().reveal())) {
        assertThat(archive.execute("SELECT id FROM kept.rows").all()).hasSize(100);
      }
    }
  }

  @Test
  @Order(8)
  void a_missing_password_file_is_refused_before_anything_starts() throws IOException {
    engine.stop();
    Path secret = folder.secrets().file("cassandra-admin");
    Files.move(secret, secret.resolveSibling("away"));
    engine = folder.cassandra();
    assertThatThrownBy(() -> engine.start())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(secret + " is missing");
    assertThat(engine.isRunning()).isFalse();
    Files.move(secret.resolveSibling("away"), secret);
  }

  @Test
  @Order(9)
  void a_damaged_table_is_refused_with_the_folder_and_what_to_do() throws IOException {
    try (Stream<Path> files = Files.walk(folder.folder().resolve("cassandra/data/system"))) {
      for (Path file : files.filter(path -> path.toString().endsWith("-Statistics.db")).toList()) {
        Files.write(file, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
      }
    }
    engine = folder.cassandra();
    assertThatThrownBy(() -> engine.start())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("Cassandra did not start on " + folder.folder().resolve("cassandra"))
        .hasMessageContaining("orrupt")
        .hasMessageContaining("--data DIR");
    assertThat(engine.isRunning()).isFalse();
  }

  private CqlSession open(String login, String password) {
    return CqlSession.builder()
        // The driver's own two seconds are for queries; a change of the schema may take longer.
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(30))
                .build())
        .addContactPoint(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), engine.port()))
        .withLocalDatacenter(CassandraEngine.DATACENTER)
        .withAuthCredentials(login, password)
        .build();
  }
}
