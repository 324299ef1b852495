package org.wardline.appliance;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.wardline.gateway.Gateway;
import org.wardline.gateway.GatewayConfig;
import org.wardline.gateway.GatewayPool;
import org.wardline.gateway.GatewaySettings;
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
      GatewayConfig.load(gatewayFile, configKey);
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

  @Override
  public RunningPart startGateway(GatewayStart start) {
    GatewayConfig config = GatewayConfig.load(start.file(), start.configKey());
    HikariDataSource database =
        GatewayPool.open(config.jdbcUrl(), config.username(), config.password());
    Gateway gateway =
        Gateway.start(
            GatewaySettings.of(
                database, TransportKeys.loadOrCreate(config.transportKeys()), config.links()),
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
        SmscSimulator.start(SmscOptions.forDemo(start.port(), 0, start.account().password()));
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
