package org.wardline.gateway;

import java.nio.file.Path;
import org.wardline.config.ConfigFile;
import org.wardline.config.ConfigReader;
import org.wardline.config.Secret;
import org.wardline.gateway.smpp.SmppBind;

/**
 * {@code gateway.yaml}, the same for a gateway of its own and for one inside the quick start.
 *
 * @param transportKeys the file the server's queue is sealed with
 * @param metricsPort on 127.0.0.1; only a process of its own listens there
 */
public record GatewayConfig(
    String jdbcUrl,
    String username,
    Secret password,
    Path transportKeys,
    int metricsPort,
    LinkSettings link) {
  private static final int DEFAULT_METRICS_PORT = 9465;

  /** For files without encrypted values. */
  public static GatewayConfig load(Path file) {
    return ConfigFile.load(file).read(GatewayConfig::from);
  }

  /** {@code keyFile} opens the {@code ENC(...)} values. */
  public static GatewayConfig load(Path file, Path keyFile) {
    return ConfigFile.load(file, keyFile).read(GatewayConfig::from);
  }

  private static GatewayConfig from(ConfigReader root) {
    ConfigReader database = root.section("database");
    return new GatewayConfig(
        database.string("url"),
        database.string("username", "wardline_gateway"),
        database.secret("password"),
        root.path("transport-keys"),
        root.port("metrics-port", DEFAULT_METRICS_PORT),
        link(root.section("link")));
  }

  private static LinkSettings link(ConfigReader link) {
    SmppBind usualBind =
        SmppBind.of(
            link.string("host"),
            link.port("port", SmppBind.USUAL_PORT),
            link.string("system-id"),
            link.secret("password"));
    SmppBind.Timeouts usualTimeouts = usualBind.timeouts();
    SmppBind bind =
        usualBind
            .withSystemType(link.string("system-type", ""))
            .withWindowSize(link.integer("window", 1, SmppBind.MAX_WINDOW, usualBind.windowSize()))
            .withTimeouts(
                new SmppBind.Timeouts(
                    link.duration("enquire-link-interval", usualTimeouts.enquireLink()),
                    link.duration("response-timeout", usualTimeouts.response()),
                    link.duration("bind-timeout", usualTimeouts.bind()),
                    link.duration("connect-timeout", usualTimeouts.connect())));
    LinkSettings usual = LinkSettings.of(bind);
    return new LinkSettings(
        link.string("name", usual.name()),
        bind,
        link.choice("receipts", LinkSettings.Receipts.class, usual.receipts()),
        link.flag("send-validity", usual.sendValidity()),
        link.duration("reassembly-limit", usual.reassemblyLimit()),
        link.duration("receipt-limit", usual.receiptLimit()),
        link.duration("retention", usual.retention()),
        link.duration("drain-limit", usual.drainLimit()));
  }
}
