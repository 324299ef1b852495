package org.wardline.appliance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.wardline.appliance.engines.CassandraEngine;
import org.wardline.appliance.engines.PostgresEngine;
import org.wardline.appliance.engines.Secrets;
import org.wardline.config.Secret;
import org.wardline.config.SecretCipher;

/**
 * {@code wardline.yaml} and {@code gateway.yaml} of a quick start. The launcher fills in what it
 * knows; what a person added stays.
 */
final class QuickStartSettings {
  private static final int CONSOLE_PORT = 8443;
  private static final int PORTAL_PORT = 9443;
  private static final int METRICS_PORT = 9464;
  private static final int GATEWAY_METRICS_PORT = 9465;
  private static final int MAX_PORT = 65_535;
  private static final String SIMULATOR_ACCOUNT = "wardline";
  private static final int SMPP_PASSWORD_CHARS =
      8; // SMPP 3.4 §4.1.1: nine octets with the closing zero

  /** A practice to try things with; a real one writes its own. */
  private static final String PRACTICE_NAME = "Lakeside Family Practice";

  private static final String PRACTICE_TIME_ZONE = "America/Chicago";
  private static final String LINES =
      "[{id: main, name: \"Front desk\", number: \"+13125550199\"}]";
  private static final String SERVER_HEADER =
      "# Settings of the server. The quick start fills in the engines' addresses and passwords at every start.";
  private static final String GATEWAY_HEADER =
      "# Settings of the SMPP gateway. The quick start fills in the database's and the carrier's address at every start.";

  private final Path configKey;
  private final SecretCipher cipher;
  private final SettingsText server;
  private final SettingsText gateway;
  private final SmscAddress smsc;

  private QuickStartSettings(
      Path configKey,
      SecretCipher cipher,
      SettingsText server,
      SettingsText gateway,
      SmscAddress smsc) {
    this.configKey = configKey;
    this.cipher = cipher;
    this.server = server;
    this.gateway = gateway;
    this.smsc = smsc;
  }

  /** Writes both files, so that they can be checked before the engines start. */
  static QuickStartSettings prepare(DataFolder folder, Launcher.Options options, Secrets secrets)
      throws IOException {
    secrets.getOrMake("config.key");
    Path configKey = secrets.file("config.key");
    SettingsText server = SettingsText.of(folder.serverFile(), SERVER_HEADER);
    SettingsText gateway = SettingsText.of(folder.gatewayFile(), GATEWAY_HEADER);
    SmscAddress smsc = options.smsc().orElseGet(() -> simulator(options.smscPort(), secrets));
    QuickStartSettings settings =
        new QuickStartSettings(
            configKey, SecretCipher.withKeyFrom(configKey), server, gateway, smsc);
    settings.port("console", options.consolePort(), CONSOLE_PORT);
    settings.port("portal", options.portalPort(), PORTAL_PORT);
    settings.port("metrics", options.metricsPort(), METRICS_PORT);
    server.setIfMissing("keys", "folder", "keys");
    server.setIfMissing("practice", "name", quoted(PRACTICE_NAME));
    server.setIfMissing("practice", "time-zone", PRACTICE_TIME_ZONE);
    server.setTopIfMissing("lines", LINES);
    gateway.setTopIfMissing("transport-keys", "keys/transport.key");
    if (options.separate()) {
      // Nobody knows this port by number, so it moves aside like the engines'.
      gateway.setTop(
          "metrics-port", Integer.toString(PublicPorts.freeFrom(settings.gatewayMetricsPort())));
    }
    // Whoever lists several links has said all of it.
    if (gateway.getTop("links").isEmpty()) {
      gateway.set("link", "host", smsc.host());
      gateway.set("link", "port", Integer.toString(smsc.port()));
      gateway.set("link", "system-id", quoted(smsc.systemId()));
      gateway.set("link", "password", settings.cipher.encrypt(smsc.password()));
    }
    server.write();
    gateway.write();
    return settings;
  }

  private static SmscAddress simulator(int port, Secrets secrets) {
    String password = secrets.getOrMake("smsc").reveal();
    return new SmscAddress(
        "127.0.0.1",
        port,
        SIMULATOR_ACCOUNT,
        Secret.of(password.substring(0, SMPP_PASSWORD_CHARS)));
  }

  private void port(String section, Optional<Integer> flag, int otherwise) {
    flag.ifPresentOrElse(
        port -> server.set(section, "port", Integer.toString(port)),
        () -> server.setIfMissing(section, "port", Integer.toString(otherwise)));
  }

  /** Once the engines run, as their ports move aside when taken. */
  void writeEngines(PostgresEngine postgres, CassandraEngine cassandra) throws IOException {
    server.set("database", "url", postgres.jdbcUrl());
    server.set("database", "user", "wardline_server");
    server.set("database", "password", cipher.encrypt(postgres.password("wardline_server")));
    server.set("database", "owner-user", "wardline_owner");
    server.set("database", "owner-password", cipher.encrypt(postgres.password("wardline_owner")));
    server.set("archive", "host", "127.0.0.1");
    server.set("archive", "port", Integer.toString(cassandra.port()));
    server.set("archive", "datacenter", CassandraEngine.DATACENTER);
    server.set("archive", "user", CassandraEngine.ARCHIVE_ROLE);
    server.set("archive", "password", cipher.encrypt(cassandra.archivePassword()));
    server.write();
    gateway.set("database", "url", postgres.jdbcUrl());
    gateway.set("database", "username", "wardline_gateway");
    gateway.set("database", "password", cipher.encrypt(postgres.password("wardline_gateway")));
    gateway.write();
  }

  void requireFreePorts(boolean withSimulator) {
    PublicPorts.requireFree("console", "--console-port", consolePort(), false);
    PublicPorts.requireFree("patients' portal", "--portal-port", portalPort(), false);
    PublicPorts.requireFree("metrics", "--metrics-port", metricsPort(), true);
    if (withSimulator) {
      PublicPorts.requireFree("SMSC simulator", "--smsc-port", smsc.port(), true);
    }
  }

  int consolePort() {
    return portOf("console", CONSOLE_PORT);
  }

  int portalPort() {
    return portOf("portal", PORTAL_PORT);
  }

  int metricsPort() {
    return portOf("metrics", METRICS_PORT);
  }

  /** A value that is no port is left to the server's own complaint, which names the line. */
  private int portOf(String section, int otherwise) {
    return server
        .get(section, "port")
        .filter(text -> text.matches("\\d{1,5}") && Integer.parseInt(text) <= MAX_PORT)
        .map(Integer::parseInt)
        .orElse(otherwise);
  }

  /** Where a gateway of its own says whether it is well. */
  int gatewayMetricsPort() {
    return gateway
        .getTop("metrics-port")
        .filter(text -> text.matches("\\d{1,5}"))
        .map(Integer::parseInt)
        .orElse(GATEWAY_METRICS_PORT);
  }

  Path configKey() {
    return configKey;
  }

  SmscAddress smsc() {
    return smsc;
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
