package org.wardline.gateway;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.wardline.config.ConfigException;
import org.wardline.config.ConfigFile;
import org.wardline.config.ConfigReader;
import org.wardline.config.Secret;
import org.wardline.gateway.smpp.AddressType;
import org.wardline.gateway.smpp.SmppBind;
import org.wardline.gateway.smpp.SmppVersion;
import org.wardline.gateway.smpp.SubmitPdu;
import org.wardline.gateway.smpp.TransportSecurity;
import org.wardline.sms.SmsFormat;

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
    List<LinkSettings> links) {
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
        links(root));
  }

  /** {@code link:} for the one carrier most practices have, or {@code links:} for several. */
  private static List<LinkSettings> links(ConfigReader root) {
    if (!root.has("links")) {
      return List.of(link(root.section("link"), "carrier"));
    }
    if (root.has("link")) {
      root.refuse("link", "and \"links\" exclude each other; put all of them under \"links\"");
      root.section("link");
    }
    List<LinkSettings> links = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ConfigReader entry : root.sections("links")) {
      LinkSettings link = link(entry, "");
      if (!names.add(link.name())) {
        entry.refuse("name", "is another link's already; every link has its own");
      }
      links.add(link);
    }
    if (links.size() > GatewaySettings.MAX_LINKS) {
      root.refuse("links", "has more than " + GatewaySettings.MAX_LINKS + " entries");
    }
    return links;
  }

  /**
   * A link that was added while the gateway runs.
   *
   * @param settings YAML with the keys of an entry of {@code links:}, secrets in clear: the text
   *     itself is kept sealed
   * @throws ConfigException naming every mistake
   */
  public static LinkSettings link(String name, String settings) {
    return ConfigFile.ofText("the settings of link " + name, settings)
        .read(
            root -> {
              LinkSettings link = link(root, name);
              if (!link.name().equals(name)) {
                root.refuse("name", "must be " + name + ", or left out");
              }
              return link;
            });
  }

  private static LinkSettings link(ConfigReader link, String usualName) {
    LinkProfile profile = link.choice("profile", LinkProfile.class, LinkProfile.CARRIER);
    LinkSettings usual =
        profile.usual(
            SmppBind.of(
                link.string("host"),
                link.port("port", SmppBind.USUAL_PORT),
                link.string("system-id"),
                link.secret("password")));
    SmppBind.Timeouts usualTimeouts = usual.bind().timeouts();
    SmppBind bind =
        usual
            .bind()
            .withSystemType(link.string("system-type", ""))
            .withSecurity(security(link))
            .withMode(link.choice("mode", SmppBind.Mode.class, usual.bind().mode()))
            .withVersion(parsed(link, "version", usual.bind().version(), SmppVersion::parse))
            .withAddressing(addressing(link))
            .withWindowSize(
                link.integer("window", 1, SmppBind.MAX_WINDOW, usual.bind().windowSize()))
            .withTimeouts(
                new SmppBind.Timeouts(
                    link.duration("enquire-link-interval", usualTimeouts.enquireLink()),
                    link.duration("response-timeout", usualTimeouts.response()),
                    link.duration("bind-timeout", usualTimeouts.bind()),
                    link.duration("connect-timeout", usualTimeouts.connect())));
    return new LinkSettings(
        usualName.isEmpty() ? link.string("name") : link.string("name", usualName),
        bind,
        new Pace(
            rate(link, "segments-per-second", usual.pace().segmentsPerSecond()),
            rate(link, "texts-per-second-to-one-number", usual.pace().textsPerSecondToOneNumber())),
        routing(link, usual.routing()),
        link.choice("receipts", LinkSettings.Receipts.class, usual.receipts()),
        wording(link, usual.wording()),
        new LinkSettings.Doubt(
            link.duration("late-answer-limit", usual.doubt().lateAnswerLimit()),
            link.duration("query-after", usual.doubt().queryAfter()),
            link.duration("resend-after", usual.doubt().resendAfter())),
        link.duration("reassembly-limit", usual.reassemblyLimit()),
        link.duration("receipt-limit", usual.receiptLimit()),
        link.duration("retention", usual.retention()),
        link.duration("drain-limit", usual.drainLimit()));
  }

  private static double rate(ConfigReader link, String key, double usual) {
    return link.decimal(key, BigDecimal.valueOf(usual)).doubleValue();
  }

  private static TransportSecurity security(ConfigReader link) {
    ConfigReader tls = link.section("tls");
    boolean enabled = tls.flag("enabled", false);
    Path ca = tls.has("ca") ? tls.path("ca") : null;
    String serverName = tls.optionalString("server-name").orElse(null);
    TransportSecurity.ClientCertificate client = new TransportSecurity.ClientCertificate.None();
    if (tls.has("client-certificate") || tls.has("client-key")) {
      client =
          new TransportSecurity.ClientCertificate.Pem(
              tls.path("client-certificate"), tls.path("client-key"));
    }
    if (tls.has("client-store") || tls.has("client-password")) {
      client =
          new TransportSecurity.ClientCertificate.Pkcs12(
              tls.path("client-store"), tls.secret("client-password"));
    }
    if (!enabled) {
      return new TransportSecurity.Plain();
    }
    TransportSecurity security = new TransportSecurity.Tls(ca, client, serverName);
    security.problem().ifPresent(why -> link.refuse("tls", "cannot be used: " + why));
    return security;
  }

  private static SmppBind.Addressing addressing(ConfigReader link) {
    SmppBind.Addressing usual = SmppBind.Addressing.USUAL;
    return new SmppBind.Addressing(
        parsed(link, "source-type", usual.source(), AddressType::parse),
        parsed(link, "destination-type", usual.destination(), AddressType::parse),
        link.string("address-range", usual.addressRange()),
        parsed(link, "range-type", usual.rangeType(), AddressType::parse),
        link.string("service-type", usual.serviceType()));
  }

  private static Wording wording(ConfigReader link, Wording usual) {
    return new Wording(
        link.has("format")
            ? Optional.of(parsed(link, "format", SmsFormat.USUAL, SmsFormat::parse))
            : usual.format(),
        link.choice("validity", Wording.ValidityPeriod.class, usual.validity()),
        link.choice("receipt-request", SubmitPdu.Receipt.class, usual.receipts()),
        link.flag("user-message-reference", usual.userMessageReference()));
  }

  /** A value that its own type reads, with that type's words when it cannot. */
  private static <T> T parsed(
      ConfigReader link, String key, T otherwise, Function<String, T> parse) {
    Optional<String> written = link.optionalString(key);
    if (written.isEmpty()) {
      return otherwise;
    }
    try {
      return parse.apply(written.get());
    } catch (IllegalArgumentException e) {
      link.refuse(key, "cannot be \"" + written.get() + "\": " + e.getMessage());
      return otherwise;
    }
  }

  private static Routing routing(ConfigReader link, Routing usual) {
    return new Routing(
        link.has("lines") ? Set.copyOf(link.strings("lines")) : usual.lines(),
        link.has("prefixes") ? link.strings("prefixes") : usual.prefixes(),
        link.integer("preference", 1, Routing.MAX_PREFERENCE, usual.preference()),
        link.decimal("cost", usual.cost()),
        link.duration("failover-after", usual.failoverAfter()),
        link.duration("return-after", usual.returnAfter()));
  }
}
