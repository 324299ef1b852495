package org.wardline.gateway;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.wardline.config.Secret;
import org.wardline.jdbc.Tx;

/** The gateway's connections to PostgreSQL, set up the way its statements need them. */
public final class GatewayPool {
  /** A database that is away is noticed fast: the carrier is told "later" meanwhile. */
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

  private static final Duration LOGIN_LIMIT = Duration.ofSeconds(10);

  /** Longer than any statement of ours takes, so only a database that hangs is cut off. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

  private static final Duration VALIDATION_LIMIT = Duration.ofSeconds(1);

  /**
   * A plan made while a table was empty and kept for ever reads the whole table later: the queue's
   * tables go from empty to thousands of rows in seconds. Planning anew costs a fraction of a
   * commit. (Kept plans were tried with every way to read a table whole switched off: PostgreSQL
   * then joined in the wrong order, through the whole index, and was a third slower.)
   *
   * <p>No bitmap scans: the queue's rows come and go so fast that its indexes are mostly about rows
   * that are gone. An index scan marks those it meets, and the next one passes over them; a bitmap
   * scan reads all of them every time, thousands for each text.
   */
  static final String SESSION =
      "SET plan_cache_mode = force_custom_plan; SET jit = off; SET enable_seqscan = off;"
          + " SET enable_bitmapscan = off";

  private GatewayPool() {}

  /**
   * For the transaction's next statements, which look for rows by time in a table that is as long
   * as history: a BRIN index can only be read by a bitmap scan, and without it PostgreSQL reads
   * another index from end to end.
   */
  static void allowBitmapScans(Tx tx) {
    tx.later("SELECT set_config('enable_bitmapscan', 'on', true)");
  }

  /** Opens no connection yet, so that a gateway can start before its database. */
  public static HikariDataSource open(String jdbcUrl, String username, Secret password) {
    return open(jdbcUrl, username, password, ANSWER_LIMIT);
  }

  static HikariDataSource open(
      String jdbcUrl, String username, Secret password, Duration answerLimit) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("gateway");
    config.setJdbcUrl(jdbcUrl);
    config.setUsername(username);
    config.setPassword(password.reveal());
    config.setMaximumPoolSize(GatewaySettings.connections());
    config.setMinimumIdle(2);
    config.setConnectionTimeout(CONNECT_LIMIT.toMillis());
    config.setValidationTimeout(VALIDATION_LIMIT.toMillis());
    config.setInitializationFailTimeout(-1);
    config.setConnectionInitSql(SESSION);
    config.addDataSourceProperty("ApplicationName", "wardline-gateway");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("connectTimeout", seconds(CONNECT_LIMIT));
    config.addDataSourceProperty("loginTimeout", seconds(LOGIN_LIMIT));
    config.addDataSourceProperty("socketTimeout", seconds(answerLimit));
    return new HikariDataSource(config);
  }

  private static String seconds(Duration limit) {
    return Long.toString(limit.toSeconds());
  }
}
