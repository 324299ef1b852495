package org.wardline.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on PostgreSQL channels ({@code LISTEN}) on a connection of its own and calls {@code wake}
 * with the channel's name. Notifications are a hint: after a lost connection every channel is woken
 * once, and whoever listens also polls.
 */
public final class Wakeups implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Wakeups.class);
  private static final Duration WAIT = Duration.ofMillis(250);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(500);

  /** Told that something may be waiting behind a channel. */
  @FunctionalInterface
  public interface Wake {
    void wake(String channel);
  }

  private final DataSource dataSource;
  private final List<String> channels;
  private final Wake wake;
  private final Thread thread;
  private volatile boolean closed;

  /** Starts listening at once. Channel names are constants of the code, never input. */
  public Wakeups(DataSource dataSource, List<String> channels, Wake wake) {
    this.dataSource = dataSource;
    this.channels = List.copyOf(channels);
    this.wake = wake;
    this.thread = Thread.ofVirtual().name("wakeups").start(this::loop);
  }

  private void loop() {
    while (!closed) {
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
          for (String channel : channels) {
            statement.execute("LISTEN " + channel);
          }
        }
        channels.forEach(wake::wake);
        listen(connection.unwrap(PGConnection.class));
      } catch (SQLException e) {
        if (closed) {
          return;
        }
        log.warn("Lost the notification channel to the database; polling until it is back");
        pause();
      }
    }
  }

  private void listen(PGConnection connection) throws SQLException {
    while (!closed) {
      var notifications = connection.getNotifications((int) WAIT.toMillis());
      if (notifications == null) {
        continue;
      }
      channels.stream()
          .filter(
              channel -> List.of(notifications).stream().anyMatch(n -> n.getName().equals(channel)))
          .forEach(wake::wake);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      // An interrupt would tear the socket; the wait is short enough to let it end by itself.
      if (!thread.join(STOP_LIMIT)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
