package org.wardline.appliance;

import java.nio.file.Path;
import java.util.List;
import org.wardline.config.Secret;

/** Joins the launcher with the programs it starts. */
final class Wiring implements Parts {
  private record Nothing() implements ServerPart {
    @Override
    public long pid() {
      return ProcessHandle.current().pid();
    }

    @Override
    public boolean isRunning() {
      return true;
    }

    @Override
    public void stop() {}

    @Override
    public void seedDemo() {}

    @Override
    public RunAccess access() {
      return new RunAccess(List.of(), Secret.of("none"));
    }
  }

  @Override
  public void check(Path serverFile, Path gatewayFile, Path configKey) {}

  @Override
  public ServerPart startServer(ServerStart start) {
    return new Nothing();
  }

  @Override
  public RunningPart startGateway(GatewayStart start) {
    return new Nothing();
  }

  @Override
  public RunningPart startSimulator(SimulatorStart start) {
    return new Nothing();
  }
}
