package org.wardline.appliance.engines;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.wardline.config.Secret;

/**
 * Replaces Cassandra's published default account by two with random passwords. Safe to run at every
 * start.
 */
final class CassandraRoles {
  private static final String ADMIN = "wardline_admin";
  private static final String ADMIN_SECRET = "cassandra-admin";
  private static final String ADMIN_PASSWORD = "the password of Cassandra's administrator";
  private static final String ARCHIVE_SECRET = "cassandra-archive";
  private static final String DEFAULT = "cassandra"; // both name and password of a new node
  private static final Duration DEFAULT_ROLE_DEADLINE = Duration.ofSeconds(30);
  private static final long POLL_MS = 100;

  private final Secrets secrets;
  private final Path home;

  CassandraRoles(Secrets secrets, Path home) {
    this.secrets = secrets;
    this.home = home;
  }

  Secret archivePassword() {
    return secrets.existing(ARCHIVE_SECRET, "the archive's password");
  }

  /** Before a start on an existing folder. */
  void checkSecret() {
    secrets.existing(ADMIN_SECRET, ADMIN_PASSWORD);
  }

  /** Before the first start of a folder. */
  void makeSecret() {
    secrets.getOrMake(ADMIN_SECRET);
  }

  /**
   * Signs in, which also proves that the node answers queries, and adds what is missing.
   *
   * @param fresh whether the folder was made by this start, so that nobody has an account yet
   */
  void ensure(int port, BooleanSupplier running, boolean fresh) {
    Secret password = secrets.existing(ADMIN_SECRET, ADMIN_PASSWORD);
    Optional<CqlSession> session = fresh ? Optional.empty() : open(port, ADMIN, password);
    try {
      if (session.isEmpty()) {
        makeAdmin(port, password, running);
        session = open(port, ADMIN, password);
      }
      CqlSession admin =
          session.orElseThrow(
              () ->
                  new EngineException(
                      "Cassandra does not accept the password that was just set. Start again."));
      admin.execute("DROP ROLE IF EXISTS " + DEFAULT);
      ensureArchive(admin);
    } catch (DriverException e) {
      throw new EngineException("Cassandra could not be prepared: " + e.getMessage(), e);
    } finally {
      session.ifPresent(CqlSession::close);
    }
  }

  private void ensureArchive(CqlSession admin) {
    boolean known = secrets.has(ARCHIVE_SECRET);
    Secret password = secrets.getOrMake(ARCHIVE_SECRET);
    if (!known || !exists(admin, CassandraEngine.ARCHIVE_ROLE)) {
      setRole(admin, CassandraEngine.ARCHIVE_ROLE, "LOGIN = true", password);
      // Who makes a keyspace gets every right on it; this adds none on anybody else's.
      admin.execute("GRANT CREATE ON ALL KEYSPACES TO " + CassandraEngine.ARCHIVE_ROLE);
    }
  }

  /** Either or, never both: Cassandra refuses a second password for a role within five seconds. */
  private static void setRole(CqlSession session, String role, String options, Secret password) {
    String verb = exists(session, role) ? "ALTER" : "CREATE";
    session.execute(
        "%s ROLE %s WITH %s AND PASSWORD = '%s'".formatted(verb, role, options, password.reveal()));
  }

  private static boolean exists(CqlSession session, String role) {
    return session
            .execute(
                SimpleStatement.newInstance(
                    "SELECT role FROM system_auth.roles WHERE role = ?", role))
            .one()
        != null;
  }

  /** The node makes its default account a moment after it opens its port. */
  private void makeAdmin(int port, Secret password, BooleanSupplier running) {
    long deadline = System.nanoTime() + DEFAULT_ROLE_DEADLINE.toNanos();
    while (true) {
      Optional<CqlSession> session = open(port, DEFAULT, Secret.of(DEFAULT));
      if (session.isPresent()) {
        try (CqlSession first = session.get()) {
          setRole(first, ADMIN, "SUPERUSER = true AND LOGIN = true", password);
        }
        return;
      }
      if (System.nanoTime() > deadline || !running.getAsBoolean()) {
        throw new EngineException(
            "%s does not fit the Cassandra folder %s. Put the file back that belongs to this folder, or start with another data folder (--data DIR)."
                .formatted(secrets.file(ADMIN_SECRET), home));
      }
      OsProcess.pause(Duration.ofMillis(POLL_MS));
    }
  }

  /** Empty when the node refuses the password. */
  private static Optional<CqlSession> open(int port, String login, Secret password) {
    try {
      return Optional.of(
          CqlSession.builder()
              .addContactPoint(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port))
              .withLocalDatacenter(CassandraEngine.DATACENTER)
              .withAuthCredentials(login, password.reveal())
              .withConfigLoader(
                  DriverConfigLoader.programmaticBuilder()
                      .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(20))
                      .withDuration(
                          DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(10))
                      .withDuration(
                          DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, Duration.ofSeconds(10))
                      .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                      .withInt(DefaultDriverOption.NETTY_IO_SIZE, 1)
                      .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1)
                      .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                      .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                      .build())
              .build());
    } catch (AllNodesFailedException e) {
      boolean refused =
          e.getAllErrors().values().stream()
              .flatMap(java.util.List::stream)
              .anyMatch(AuthenticationException.class::isInstance);
      if (refused) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
