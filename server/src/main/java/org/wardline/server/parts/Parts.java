package org.wardline.server.parts;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneId;
import javax.sql.DataSource;
import org.wardline.jdbc.Db;
import org.wardline.metrics.Metrics;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.audit.Audit;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.keys.SystemKeys;
import org.wardline.server.web.LiveEvents;
import org.wardline.server.web.Pages;
import org.wardline.sms.Links;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.TransportKeys;

/**
 * What nearly every feature needs, made once. Only an {@code XFeature} takes it; it hands the
 * classes inside the few parts they use, so that each still says what it touches.
 *
 * @param zone the practice's own
 */
public record Parts(
    DataSource database,
    Db db,
    Clock clock,
    ZoneId zone,
    SecureRandom random,
    Metrics metrics,
    Audit audit,
    SystemKeys systemKeys,
    PatientKeys keys,
    SmsQueue queue,
    Links links,
    ArchiveOutbox archive,
    Pages pages,
    LiveEvents live) {

  /**
   * @param rootKeyFile made at the first start, when the database is empty
   */
  public static Parts open(
      DataSource database,
      Path rootKeyFile,
      TransportKeys transportKeys,
      Clock clock,
      ZoneId zone,
      Metrics metrics) {
    Db db = new Db(database);
    SystemKeys systemKeys = SystemKeys.open(db, rootKeyFile);
    return new Parts(
        database,
        db,
        clock,
        zone,
        new SecureRandom(),
        metrics,
        new Audit(),
        systemKeys,
        new PatientKeys(systemKeys),
        new SmsQueue(transportKeys),
        new Links(transportKeys),
        new ArchiveOutbox(),
        new Pages(),
        new LiveEvents());
  }
}
