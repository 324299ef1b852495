package org.wardline.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.wardline.config.ConfigFile;
import org.wardline.config.ConfigReader;
import org.wardline.config.Secret;
import org.wardline.server.accounts.AccountsFeature;
import org.wardline.server.archive.ArchiveSettings;
import org.wardline.server.conversations.ConversationsFeature;
import org.wardline.server.conversations.Line;
import org.wardline.server.web.WebSettings;
import org.wardline.sms.InDoubt;
import org.wardline.sms.SenderAddress;
import org.wardline.sms.SmsFormat;
import org.wardline.sms.TransportKeys;

/**
 * {@code wardline.yaml}, read and checked, with nothing opened yet. Every key is described in
 * {@code docs/configuration.md}.
 */
public record ServerConfig(
    Database database,
    Path keys,
    Path data,
    ZoneId zone,
    WebSettings web,
    Duration idleLogOff,
    ConversationsFeature.Settings conversations,
    ArchiveSettings archive) {
  private static final int MAX_POOL = 50;
  private static final int MAX_QUEUE = 10_000_000;
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final int OWNER_POOL = 2;

  /** Two roles: the owner changes tables at an upgrade, the server's own works with them. */
  public record Database(
      String url,
      String user,
      Secret password,
      String ownerUser,
      Secret ownerPassword,
      int poolSize) {}

  /**
   * @throws org.wardline.config.ConfigException naming every mistake with its line
   */
  public static ServerConfig load(Path file, Path configKey) {
    return ConfigFile.load(file, configKey).read(ServerConfig::read);
  }

  private static ServerConfig read(ConfigReader root) {
    ConfigReader database = root.section("database");
    ConfigReader practice = root.section("practice");
    ConfigReader archive = root.section("archive");
    ConfigReader console = root.section("console");
    ConfigReader consent = root.section("consent");
    Secret archivePassword = archive.secret("password");
    return new ServerConfig(
        new Database(
            database.string("url"),
            database.string("user", "wardline_server"),
            database.secret("password"),
            database.string("owner-user", "wardline_owner"),
            database.secret("owner-password"),
            database.integer("pool-size", 4, MAX_POOL, 10)),
        root.section("keys").path("folder", Path.of("keys")),
        root.section("data").path("folder", Path.of(".")),
        zone(practice),
        new WebSettings(
            console.string("host", "0.0.0.0"),
            console.port("port", 8443),
            root.section("portal").port("port", 9443),
            root.section("metrics").port("port", 9464),
            root.section("tls").path("folder", Path.of("tls"))),
        idleLogOff(console),
        new ConversationsFeature.Settings(
            consent.flag("ask-on-first-contact", true),
            lines(root, practice.string("name")),
            root.section("queue")
                .integer(
                    "max-waiting-texts",
                    1,
                    MAX_QUEUE,
                    ConversationsFeature.Settings.MAX_WAITING_TEXTS),
            root.section("queue")
                .duration("same-text-window", ConversationsFeature.Settings.SAME_TEXT_WINDOW)),
        new ArchiveSettings(
            archive.string("host", "127.0.0.1"),
            archive.port("port", 9042),
            archive.string("datacenter", "datacenter1"),
            archive.string("user", "wardline_archive"),
            archivePassword::reveal,
            archive.integer("replication-factor", 1, 9, 1)));
  }

  private static ZoneId zone(ConfigReader practice) {
    String name = practice.string("time-zone", "America/Chicago");
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      practice.refuse("time-zone", "is no time zone; write a name such as America/Chicago");
      return ZoneId.of("UTC");
    }
  }

  private static Duration idleLogOff(ConfigReader console) {
    Duration read = console.duration("idle-log-off", ServerSettings.IDLE_LOG_OFF);
    if (read.compareTo(AccountsFeature.IDLE_MIN) < 0
        || read.compareTo(AccountsFeature.IDLE_MAX) > 0) {
      console.refuse(
          "idle-log-off",
          "must be from "
              + AccountsFeature.IDLE_MIN.toMinutes()
              + "m to "
              + AccountsFeature.IDLE_MAX.toMinutes()
              + "m");
    }
    return read;
  }

  private static List<Line> lines(ConfigReader root, String practiceName) {
    List<Line> lines = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Set<SenderAddress> numbers = new HashSet<>();
    List<ConfigReader> entries = root.sections("lines");
    if (entries.isEmpty()) {
      root.refuse(
          "lines",
          "must have at least one line, such as {id: main, name: \"Front desk\", number: \"+13125550199\"}");
    }
    for (ConfigReader line : entries) {
      String id = line.string("id");
      if (!id.matches("[a-z][a-z0-9-]{0,31}")) {
        line.refuse(
            "id", "wants 1 to 32 small letters, digits and dashes, beginning with a letter");
      } else if (!ids.add(id)) {
        line.refuse("id", "is another line's already; every line has its own");
      }
      String written = line.string("number");
      SenderAddress number = sender(line, "number", written, numbers);
      List<SenderAddress> pool = new ArrayList<>();
      for (String more : line.strings("pool")) {
        SenderAddress one = sender(line, "pool", more, numbers);
        if (one != null) {
          pool.add(one);
        }
      }
      InDoubt inDoubt = line.choice("in-doubt", InDoubt.class, InDoubt.RESEND);
      String name = line.string("name", id);
      if (number != null) {
        lines.add(new Line(id, name, number, practiceName, pool, inDoubt, format(line)));
      }
    }
    return lines;
  }

  private static SmsFormat format(ConfigReader line) {
    try {
      return line.optionalString("format").map(SmsFormat::parse).orElse(SmsFormat.USUAL);
    } catch (IllegalArgumentException e) {
      line.refuse("format", "is none: " + e.getMessage());
      return SmsFormat.USUAL;
    }
  }

  private static @Nullable SenderAddress sender(
      ConfigReader line, String key, String written, Set<SenderAddress> taken) {
    SenderAddress number = SenderAddress.parse(written).orElse(null);
    if (number == null) {
      line.refuse(
          key,
          "is no phone number; write it with country code, such as \"+13125550199\", or the"
              + " carrier's short code");
    } else if (!taken.add(number)) {
      line.refuse(key, "is another line's already; a patient's text could not tell them apart");
      return null;
    }
    return number;
  }

  /** Opens the database as the role that may change tables. */
  HikariDataSource owner() {
    return pool("owner", database.ownerUser(), database.ownerPassword(), OWNER_POOL);
  }

  /** Opens everything the running server needs. */
  ServerSettings open(DataSource pool, Clock clock) {
    return new ServerSettings(
        pool,
        TransportKeys.loadOrCreate(keys.resolve("transport.key")),
        keys.resolve("root.key"),
        data,
        zone,
        web,
        idleLogOff,
        conversations,
        archive,
        clock);
  }

  HikariDataSource pool() {
    return pool("server", database.user(), database.password(), database.poolSize());
  }

  private HikariDataSource pool(String name, String user, Secret password, int size) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(database.url());
    config.setUsername(user);
    config.setPassword(password.reveal());
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(Math.min(size, 4));
    config.setConnectionTimeout(CONNECT_LIMIT.toMillis());
    config.setAutoCommit(false);
    config.addDataSourceProperty("ApplicationName", "wardline-" + name);
    config.addDataSourceProperty("logServerErrorDetail", "false");
    config.addDataSourceProperty("prepareThreshold", "3");
    config.addDataSourceProperty("socketTimeout", "60");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    return new HikariDataSource(config);
  }
}
