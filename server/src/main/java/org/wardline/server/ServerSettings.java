package org.wardline.server;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.wardline.server.archive.ArchiveSettings;
import org.wardline.server.conversations.ConversationsFeature;
import org.wardline.server.conversations.Line;
import org.wardline.server.web.WebSettings;
import org.wardline.sms.TransportKeys;

/**
 * What a server needs to run.
 *
 * @param database a pool of connections as role {@code wardline_server}; {@link Migrations} have
 *     run
 * @param transportKeys the same keys as the gateway's
 * @param rootKeyFile made at first start (0600) when the database is empty
 * @param certificates folder of the local certificate authority
 * @param data where the appliance keeps its data; its free space is watched
 * @param idleLogOff at most 15 minutes
 * @param lines at least one
 */
public record ServerSettings(
    DataSource database,
    TransportKeys transportKeys,
    Path rootKeyFile,
    Path certificates,
    Path data,
    WebSettings web,
    Duration idleLogOff,
    ConversationsFeature.Settings conversations,
    List<Line> lines,
    ArchiveSettings archive,
    Clock clock) {
  public static final Duration IDLE_LOG_OFF = Duration.ofMinutes(10);
}
