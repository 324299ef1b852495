package org.wardline.appliance;

import java.nio.file.Path;

/**
 * Starts the programs inside this process. Each reads its own file, the same a separate process
 * would read, with {@code configKey} to open its {@code ENC(...)} values.
 */
public interface Parts {
  /**
   * Reads both files without acting on them, so that a spelling mistake is said before anything
   * starts.
   *
   * @throws org.wardline.config.ConfigException listing what is wrong
   */
  void check(Path serverFile, Path gatewayFile, Path configKey);

  /** Migrates the database, makes missing keys and serves. */
  ServerPart startServer(ServerStart start);

  RunningPart startGateway(GatewayStart start);

  SimulatorPart startSimulator(SimulatorStart start);

  /**
   * @param file {@code wardline.yaml}
   * @param folder the data folder; keys belong into its {@code keys}
   */
  record ServerStart(Path file, Path configKey, Path folder) {}

  /**
   * @param file {@code gateway.yaml}
   */
  record GatewayStart(Path file, Path configKey, Path folder) {}

  /**
   * @param port for SMPP on 127.0.0.1
   * @param account what the gateway will bind with
   */
  record SimulatorStart(int port, SmscAddress account) {}
}
