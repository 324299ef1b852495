package org.wardline.server.archive;

import java.time.Duration;
import org.wardline.jdbc.Worker;
import org.wardline.metrics.Metrics;
import org.wardline.server.parts.Parts;

/** Keeps the archive fed and says how far behind it is. */
public final class ArchiveFeature implements AutoCloseable {
  /** The outbox is looked at this often; the archive is a memory, not a mirror. */
  private static final Duration POLL = Duration.ofMillis(500);

  private final ArchiveShipper shipper;
  private final Worker worker;

  public ArchiveFeature(Parts parts, ArchiveSettings settings) {
    Metrics metrics = parts.metrics();
    this.shipper = new ArchiveShipper(parts.db(), () -> CassandraArchive.connect(settings));
    this.worker = new Worker("archive", POLL, shipper::runOnce);
    metrics.gauge(
        "wardline_archive_lag_seconds",
        "Age of the oldest event that is not in the archive yet.",
        () -> lag().oldestSeconds());
    metrics.gauge(
        "wardline_archive_waiting_events",
        "Events that are not in the archive yet.",
        () -> lag().waiting());
    metrics.gauge(
        "wardline_archive_up",
        "1 when the archive took the last batch.",
        () -> shipper.up() ? 1 : 0);
  }

  /** How many events wait for the archive, and for how many seconds the oldest has waited. */
  public record Lag(long waiting, long oldestSeconds) {}

  public Lag lag() {
    return shipper.lag();
  }

  @Override
  public void close() {
    worker.close();
    shipper.close();
  }
}
