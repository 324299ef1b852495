package org.wardline.server;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Clock;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.wardline.metrics.Metrics;

/** A running server made from its configuration: migrates the database, then serves. */
public final class Server implements AutoCloseable {
  private final HikariDataSource pool;
  private final App app;

  private Server(HikariDataSource pool, App app) {
    this.pool = pool;
    this.app = app;
  }

  /**
   * Starts a server and returns once it takes requests.
   *
   * @param file {@code wardline.yaml}
   * @param configKey opens the file's {@code ENC(...)} values
   * @throws org.wardline.config.ConfigException when the file is not right
   */
  public static Server start(Path file, Path configKey, Metrics metrics) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    ServerConfig config = ServerConfig.load(file, configKey);
    try (HikariDataSource owner = config.owner()) {
      Migrations.run(owner);
    }
    HikariDataSource pool = config.pool();
    try {
      return new Server(pool, App.start(config.open(pool, Clock.systemUTC()), metrics));
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  public App app() {
    return app;
  }

  @Override
  public void close() {
    app.close();
    pool.close();
  }
}
