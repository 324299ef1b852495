package org.wardline.appliance;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.wardline.config.ConfigFile;
import org.wardline.gateway.Gateway;
import org.wardline.gateway.GatewaySettings;
import org.wardline.gateway.LinkSettings;
import org.wardline.gateway.smpp.Secret;
import org.wardline.gateway.smpp.SmppBind;
import org.wardline.metrics.Metrics;
import org.wardline.server.Server;
import org.wardline.server.ServerConfig;
import org.wardline.sms.TransportKeys;
import org.wardline.smsc.SmscOptions;
import org.wardline.smsc.SmscSimulator;

/**
 * Joins the launcher with the programs it starts in its own process; they share one set of figures.
 */
final class Wiring implements Parts {
  private final Metrics metrics = new Metrics();
  private boolean withSimulator;

  @Override
  public void check(Path serverFile, Path gatewayFile, Path configKey) {
    if (filledIn(serverFile)) {
      ServerConfig.load(serverFile, configKey);
    }
    if (filledIn(gatewayFile)) {
      gatewayConfig(gatewayFile, configKey);
    }
  }

  /** Before the first start of the engines nobody knows their addresses yet. */
  private static boolean filledIn(Path file) {
    try {
      return Files.readString(file).contains("database:");
    } catch (java.io.IOException e) {
      return false;
    }
  }

  @Override
  public ServerPart startServer(ServerStart start) {
    Server server = Server.start(start.file(), start.configKey(), metrics);
    RunAccess access =
        Access.loadOrMake(start.folder().resolve("secrets/access.json"), server.app());
    return new RunningServer(server, access, withSimulator);
  }

  private record RunningServer(Server server, RunAccess access, boolean withSimulator)
      implements ServerPart {
    @Override
    public void seedDemo() {
      DemoPractice.seed(server.app(), withSimulator);
    }

    @Override
    public long pid() {
      return ProcessHandle.current().pid();
    }

    @Override
    public boolean isRunning() {
      return true;
    }

    @Override
    public void stop() {
      server.close();
    }
  }

  private record InThisProcess(AutoCloseable part) implements RunningPart {
    @Override
    public long pid() {
      return ProcessHandle.current().pid();
    }

    @Override
    public boolean isRunning() {
      return true;
    }

    @Override
    public void stop() {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private record GatewayConfig(
      String url, String user, String password, Path keys, LinkSettings link) {}

  private static GatewayConfig gatewayConfig(Path file, Path configKey) {
    return ConfigFile.load(file, configKey)
        .read(
            root -> {
              var database = root.section("database");
              var link = root.section("link");
              return new GatewayConfig(
                  database.string("url"),
                  database.string("user", "wardline_gateway"),
                  database.secret("password").reveal(),
                  root.section("keys").path("folder", Path.of("keys")),
                  LinkSettings.of(
                      new SmppBind(
                          link.string("host"),
                          link.port("port", 2775),
                          link.string("system-id"),
                          Secret.of(link.secret("password").reveal()),
                          link.string("system-type", ""),
                          link.integer("window", 1, 1000, 100),
                          link.duration("enquire-link", Duration.ofSeconds(15)),
                          link.duration("response-timeout", Duration.ofSeconds(30)),
                          link.duration("bind-timeout", Duration.ofSeconds(10)),
                          link.duration("connect-timeout", Duration.ofSeconds(5)))));
            });
  }

  @Override
  public RunningPart startGateway(GatewayStart start) {
    GatewayConfig config = gatewayConfig(start.file(), start.configKey());
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("gateway");
    pool.setJdbcUrl(config.url());
    pool.setUsername(config.user());
    pool.setPassword(config.password());
    pool.setMaximumPoolSize(8);
    pool.setMinimumIdle(4);
    pool.setConnectionTimeout(5_000);
    pool.addDataSourceProperty("logServerErrorDetail", "false");
    HikariDataSource database = new HikariDataSource(pool);
    Gateway gateway =
        Gateway.start(
            GatewaySettings.of(
                database,
                TransportKeys.loadOrCreate(config.keys().resolve("transport.key")),
                config.link()),
            metrics);
    return new InThisProcess(
        () -> {
          gateway.close();
          database.close();
        });
  }

  @Override
  public SimulatorPart startSimulator(SimulatorStart start) {
    withSimulator = true;
    SmscSimulator simulator =
        SmscSimulator.start(
            SmscOptions.forDemo(start.port(), 0, Secret.of(start.account().password().reveal())));
    InThisProcess part = new InThisProcess(simulator);
    return new SimulatorPart() {
      @Override
      public Optional<String> page() {
        return simulator.httpPort().map(port -> "http://127.0.0.1:" + port + "/");
      }

      @Override
      public long pid() {
        return part.pid();
      }

      @Override
      public boolean isRunning() {
        return true;
      }

      @Override
      public void stop() {
        part.stop();
      }
    };
  }
}
