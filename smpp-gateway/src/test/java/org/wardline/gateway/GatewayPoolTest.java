package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.config.Secret;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.jdbc.HeldConnection;

@Timeout(60)
class GatewayPoolTest {
  private static final String ADVISORY_LOCKS =
      "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND granted";

  private final String database = PostgresFixture.shared().freshDatabase();

  @Test
  void a_database_that_hangs_ends_the_statement_and_not_the_journal() {
    try (HikariDataSource pool =
        GatewayPool.open(
            PostgresFixture.shared().url(database),
            "wardline_gateway",
            Secret.of(PostgresFixture.password()),
            Duration.ofSeconds(1))) {
      Db db = new Db(pool);
      long start = System.nanoTime();
      assertThatThrownBy(() -> db.run(tx -> tx.query("SELECT pg_sleep(30)", row -> "")))
          .isInstanceOf(DbException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void the_usual_pool_has_every_limit() {
    try (HikariDataSource pool =
        GatewayPool.open(
            PostgresFixture.shared().url(database), "wardline_gateway", Secret.of("pw"))) {
      assertThat(pool.getDataSourceProperties())
          .containsEntry("connectTimeout", "2")
          .containsEntry("loginTimeout", "10")
          .containsEntry("socketTimeout", "60");
    }
  }

  @Test
  void a_connection_that_cannot_give_up_its_lock_does_not_return_to_the_pool() {
    try (HikariDataSource pool = PostgresFixture.shared().pool(database, "wardline_gateway", 1);
        HikariDataSource watcher = PostgresFixture.shared().pool(database, "wardline_gateway", 1)) {
      HeldConnection held = new HeldConnection(withoutNewStatements(pool));
      held.inTransaction(tx -> tx.query("SELECT pg_advisory_lock(42)", row -> ""));
      assertThat(locks(watcher)).isEqualTo(1);
      held.close();
      long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
      while (locks(watcher) > 0 && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertThat(locks(watcher)).isZero();
      assertThat(locks(pool)).as("the pool has made itself another one").isZero();
    }
  }

  private static long locks(DataSource pool) {
    return new Db(pool).inTransaction(tx -> tx.one(ADVISORY_LOCKS, row -> row.longValue("n")));
  }

  /** Statements are prepared as usual; the unlocking, which makes one of its own, fails. */
  private static DataSource withoutNewStatements(DataSource pool) {
    return (DataSource)
        Proxy.newProxyInstance(
            GatewayPoolTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, arguments) -> refusing(pool.getConnection()));
  }

  private static Connection refusing(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            GatewayPoolTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> {
              if (method.getName().equals("createStatement")) {
                throw new SQLException("canceled", "57014");
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
