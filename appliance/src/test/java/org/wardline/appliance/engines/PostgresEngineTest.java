package org.wardline.appliance.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Real servers in one shared folder; a test that damages something works on a copy. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresEngineTest {
  @SuppressWarnings("NullAway.Init") // set by first_start
  private Path dir;

  @SuppressWarnings("NullAway.Init") // set by first_start
  private EngineFolder folder;

  @SuppressWarnings("NullAway.Init") // set by first_start
  private PostgresEngine engine;

  @BeforeAll
  void first_start(@TempDir Path temporary) throws IOException {
    dir = temporary;
    folder = EngineFolder.in(dir.resolve("wardline"));
    engine = folder.postgres();
    engine.start();
    engine.stop();
  }

  @AfterEach
  void stop() {
    engine.stop();
    assertThat(engine.isRunning()).isFalse();
  }

  @Test
  void its_own_roles_sign_in_with_their_passwords_and_nobody_without() throws SQLException {
    engine = folder.postgres();
    engine.start();
    for (String role :
        java.util.List.of(
            "wardline_admin", "wardline_owner", "wardline_server", "wardline_gateway")) {
      try (Connection connection = connect(engine, role)) {
        assertThat(connection.isValid(1)).isTrue();
      }
      assertThatThrownBy(() -> DriverManager.getConnection(engine.jdbcUrl(), role, "guess"))
          .hasMessageContaining("password authentication failed");
    }
    try (Connection connection = connect(engine, "wardline_gateway");
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("CREATE TABLE t (a int)"))
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void a_commit_survives_sigkill_and_the_next_start_recovers_it() throws SQLException {
    engine = folder.postgres();
    engine.start();
    try (Connection owner = connect(engine, "wardline_owner");
        Statement statement = owner.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS kept");
      statement.execute("CREATE TABLE kept (a int)");
      statement.execute("INSERT INTO kept VALUES (7)");
    }
    OsProcess process = OsProcess.of(engine.pid()).orElseThrow();
    process.kill();
    assertThat(process.awaitExit(Duration.ofSeconds(5))).isTrue();

    engine = folder.postgres();
    engine.start();
    try (Connection owner = connect(engine, "wardline_owner");
        Statement statement = owner.createStatement();
        ResultSet rows = statement.executeQuery("SELECT a FROM kept")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(7);
    }
  }

  @Test
  void a_restart_after_a_crash_keeps_the_port() {
    engine = folder.postgres();
    engine.start();
    int port = engine.port();
    OsProcess.of(engine.pid()).orElseThrow().kill();
    engine.start();
    assertThat(engine.port()).isEqualTo(port);
  }

  @Test
  void a_healthy_server_left_by_a_killed_launcher_is_taken_over() {
    PostgresEngine earlier = folder.postgres();
    earlier.start();
    engine = folder.postgres();
    engine.start();
    assertThat(engine.pid()).isEqualTo(earlier.pid());
    assertThat(engine.port()).isEqualTo(earlier.port());
    assertThat(folder.progress().getLast()).contains("taken over");
  }

  @Test
  void a_hanging_server_left_behind_is_stopped_and_replaced() throws IOException {
    PostgresEngine earlier = folder.postgres();
    earlier.start();
    // Nobody can sign in any more, as after a broken configuration.
    Path hba = folder.folder().resolve("postgres/data/pg_hba.conf");
    Files.writeString(hba, "local all all reject\n");
    OsProcess running = OsProcess.of(earlier.pid()).orElseThrow();
    EngineFolder.run("kill", "-HUP", Long.toString(running.pid()));
    EngineFolder.run("sleep", "0.3");
    Path port = folder.folder().resolve("postgres/data/postmaster.pid");
    assertThat(Files.readAllLines(port).getFirst()).isEqualTo(Long.toString(running.pid()));
    engine = folder.postgres();
    engine.start();
    assertThat(engine.pid()).isNotEqualTo(running.pid());
    assertThat(running.isRunning()).isFalse();
  }

  @Test
  void a_stale_pid_file_with_another_programs_number_does_not_stop_the_start() throws IOException {
    Path pidFile = folder.folder().resolve("postgres/data/postmaster.pid");
    Files.writeString(pidFile, ProcessHandle.current().pid() + "\n" + folder.folder() + "\n");
    engine = folder.postgres();
    engine.start();
    assertThat(engine.isRunning()).isTrue();
  }

  @Test
  void a_taken_port_makes_it_move_aside() throws IOException {
    int wanted = Ports.freeFrom(15_432);
    try (ServerSocket foreign = new ServerSocket(wanted, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      engine = folder.postgres();
      engine.start();
      assertThat(engine.port()).isNotEqualTo(foreign.getLocalPort());
    }
  }

  @Test
  void a_port_that_another_program_takes_in_the_same_moment_is_left_to_it() throws IOException {
    try (FasterProgram faster = new FasterProgram(2)) {
      engine = folder.postgres(faster);
      engine.start();
      assertThat(engine.port()).isNotIn(faster.ports());
      assertThat(folder.progress())
          .contains(
              "another program took the port 127.0.0.1:%d of PostgreSQL in the same moment; trying the next free one"
                  .formatted(faster.ports().getFirst()));
    }
  }

  @Test
  void another_wardlines_database_on_the_chosen_port_is_not_taken_for_ours() throws IOException {
    PostgresEngine other = folder.copy(dir.resolve("other")).postgres();
    other.start();
    try {
      // As if it had started in the same moment. It even knows our password.
      AtomicBoolean first = new AtomicBoolean(true);
      engine =
          folder.postgres(
              preferred -> first.getAndSet(false) ? other.port() : Ports.freeFrom(preferred));
      engine.start();
      assertThat(engine.port()).isNotEqualTo(other.port());
      assertThat(engine.isRunning()).isTrue();
      assertThat(other.isRunning()).isTrue();
    } finally {
      other.stop();
    }
  }

  @Test
  void a_start_does_not_run_after_free_ports_for_ever() throws IOException {
    try (FasterProgram faster = new FasterProgram(Integer.MAX_VALUE)) {
      engine = folder.postgres(faster);
      assertThatThrownBy(() -> engine.start())
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("PostgreSQL found no port: 3 times another program");
      assertThat(faster.ports()).hasSize(3);
    }
  }

  @Test
  void after_a_crash_a_lost_port_is_said_and_not_exchanged() throws IOException {
    engine = folder.postgres();
    engine.start();
    OsProcess running = OsProcess.of(engine.pid()).orElseThrow();
    running.kill();
    assertThat(running.awaitExit(Duration.ofSeconds(5))).isTrue();
    // Its children leave the port a moment later.
    while (!Ports.isFree(engine.port())) {
      OsProcess.pause(Duration.ofMillis(20));
    }
    try (ServerSocket foreign =
        new ServerSocket(engine.port(), 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThatThrownBy(() -> engine.start())
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("Another program listens on 127.0.0.1:" + foreign.getLocalPort());
    }
    engine.start();
    assertThat(engine.isRunning()).isTrue();
  }

  @Test
  void it_refuses_to_run_with_fsync_off() throws IOException {
    EngineFolder copy = folder.copy(dir.resolve("nofsync"));
    Path auto = copy.folder().resolve("postgres/data/postgresql.auto.conf");
    Files.writeString(auto, "fsync = off\nfull_page_writes = off\n");
    engine = copy.postgres();
    assertThatThrownBy(() -> engine.start())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("fsync = off, full_page_writes = off")
        .hasMessageContaining(auto.toString());
    assertThat(engine.isRunning()).isFalse();
  }

  @Test
  void damaged_folders_are_refused_with_the_file_and_what_to_do() throws IOException {
    EngineFolder copy = folder.copy(dir.resolve("damaged"));
    Path data = copy.folder().resolve("postgres/data");
    engine = copy.postgres();

    Files.move(data.resolve("global/pg_control"), data.resolve("global/away"));
    assertThatThrownBy(() -> engine.start())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("global/pg_control is missing or empty")
        .hasMessageContaining("--data DIR");
    Files.move(data.resolve("global/away"), data.resolve("global/pg_control"));

    Path log;
    try (var wal = Files.list(data.resolve("pg_wal"))) {
      log = wal.filter(file -> Files.isRegularFile(file)).findFirst().orElseThrow();
    }
    Files.move(log, data.resolve("away"));
    assertThatThrownBy(() -> engine.start())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("could not locate a valid checkpoint record");
    Files.move(data.resolve("away"), log);

    Files.writeString(data.resolve("PG_VERSION"), "12\n");
    assertThatThrownBy(() -> engine.start())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("version \"12\"");
    Files.writeString(data.resolve("PG_VERSION"), "17\n");

    Path secret = copy.secrets().file("postgres-admin");
    String kept = Files.readString(secret);
    Files.writeString(secret, "something-else");
    assertThatThrownBy(() -> engine.start())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(secret + " does not fit");
    Files.delete(secret);
    assertThatThrownBy(() -> engine.start())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(secret + " is missing");
    org.wardline.config.SecretFile.write(secret, org.wardline.config.Secret.of(kept.strip()));
    engine.start();
  }

  @Test
  void values_never_reach_the_logs_even_when_statements_fail() throws SQLException, IOException {
    String canary = "CANARY-4711";
    engine = folder.postgres();
    engine.start();
    try (Connection owner = connect(engine, "wardline_owner");
        Statement statement = owner.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS names");
      statement.execute("CREATE TABLE names (name text UNIQUE, age int CHECK (age > 0))");
      statement.execute("INSERT INTO names VALUES ('%s', 1)".formatted(canary));
      assertThatThrownBy(
              () -> statement.execute("INSERT INTO names VALUES ('%s', 2)".formatted(canary)))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(
              () -> statement.execute("INSERT INTO names VALUES ('%s x', -2)".formatted(canary)))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> statement.execute("SELECT '%s'::int".formatted(canary)))
          .isInstanceOf(SQLException.class);
    }
    engine.stop();
    assertThat(EngineFolder.anyFileHolds(folder.folder().resolve("logs"), canary)).isFalse();
  }

  private static Connection connect(PostgresEngine engine, String role) throws SQLException {
    return DriverManager.getConnection(engine.jdbcUrl(), role, engine.password(role).reveal());
  }
}
