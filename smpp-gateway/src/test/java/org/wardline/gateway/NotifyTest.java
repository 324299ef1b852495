package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.wardline.jdbc.Db;
import org.wardline.sms.SmsQueue;

@Timeout(60)
class NotifyTest {
  private static final int PATIENCE_MILLIS = 10_000;
  private static final int SILENCE_MILLIS = 500;
  private static final long APART_NANOS = Duration.ofMillis(20).toNanos();

  private final HikariDataSource pool =
      PostgresFixture.shared()
          .pool(PostgresFixture.shared().freshDatabase(), "wardline_gateway", 3);
  private final Connection listener = connection();

  private Connection connection() {
    try {
      return pool.getConnection();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void listen() throws SQLException {
    try (Statement statement = listener.createStatement()) {
      statement.execute("LISTEN " + SmsQueue.EVENT_CHANNEL);
    }
  }

  @AfterEach
  void end() throws SQLException {
    listener.close();
    pool.close();
  }

  /** How many have come as soon as there is one; 0 when none comes for so long. */
  private int heard(int millis) throws SQLException {
    var notifications = listener.unwrap(PGConnection.class).getNotifications(millis);
    return notifications == null ? 0 : notifications.length;
  }

  private int heardUntilSilence() throws SQLException {
    int all = heard(PATIENCE_MILLIS);
    for (int more = all; more > 0; all += more) {
      more = heard(SILENCE_MILLIS);
    }
    return all;
  }

  @Test
  void a_thousand_rings_at_once_are_told_as_a_few() throws SQLException {
    Notify notify = new Notify(new Db(pool), SmsQueue.EVENT_CHANNEL, false);
    long start = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      notify.ring();
    }
    long lasted = System.nanoTime() - start;
    // One at once, one every 20 ms, one after the end.
    assertThat((long) heardUntilSilence()).isBetween(1L, 2 + lasted / APART_NANOS);
  }

  @Test
  void what_is_committed_while_a_notification_is_told_is_told_by_another() throws SQLException {
    CountDownLatch rungAgain = new CountDownLatch(1);
    Notify notify = new Notify(new Db(slowAfterCommit(rungAgain)), SmsQueue.EVENT_CHANNEL, false);
    notify.ring();
    assertThat(heard(PATIENCE_MILLIS)).as("the first").isEqualTo(1);
    // Its sender knows nothing of its commit yet.
    notify.ring();
    rungAgain.countDown();
    assertThat(heard(PATIENCE_MILLIS)).as("the second").isEqualTo(1);
  }

  @Test
  void by_hand_every_ring_is_told_before_it_is_over() throws SQLException {
    Notify notify = new Notify(new Db(pool), SmsQueue.EVENT_CHANNEL, true);
    for (int i = 0; i < 3; i++) {
      notify.ring();
      assertThat(heard(PATIENCE_MILLIS)).isEqualTo(1);
    }
  }

  /** The pool, but a commit returns only after this. */
  private DataSource slowAfterCommit(CountDownLatch until) {
    return proxy(
        DataSource.class,
        (self, method, arguments) -> {
          Connection real = (Connection) Objects.requireNonNull(call(pool, method, arguments));
          return proxy(
              Connection.class,
              (connection, one, with) -> {
                Object result = call(real, one, with);
                if (one.getName().equals("commit")) {
                  assertThat(until.await(PATIENCE_MILLIS * 2, TimeUnit.MILLISECONDS)).isTrue();
                }
                return result;
              });
        });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(NotifyTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static @Nullable Object call(
      Object real, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
