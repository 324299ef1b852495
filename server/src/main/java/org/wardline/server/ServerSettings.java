package org.wardline.server;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import javax.sql.DataSource;
import org.wardline.metrics.Metrics;
import org.wardline.server.archive.ArchiveSettings;
import org.wardline.server.conversations.ConversationsFeature;
import org.wardline.server.parts.Parts;
import org.wardline.server.web.WebSettings;
import org.wardline.sms.TransportKeys;

/**
 * What a server needs to run.
 *
 * @param database a pool of connections as role {@code wardline_server}; {@link Migrations} have
 *     run
 * @param transportKeys the same keys as the gateway's
 * @param rootKeyFile made at first start (0600) when the database is empty
 * @param data where the appliance keeps its data; its free space is watched
 * @param zone the practice's own
 * @param idleLogOff at most 15 minutes
 */
public record ServerSettings(
    DataSource database,
    TransportKeys transportKeys,
    Path rootKeyFile,
    Path data,
    ZoneId zone,
    WebSettings web,
    Duration idleLogOff,
    ConversationsFeature.Settings conversations,
    ArchiveSettings archive,
    Clock clock) {
  public static final Duration IDLE_LOG_OFF = Duration.ofMinutes(10);

  Parts open(Metrics metrics) {
    return Parts.open(database, rootKeyFile, transportKeys, clock, zone, metrics);
  }
}
