package org.wardline.server.archive;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.wardline.server.archive.CassandraArchive.Stored;

/** Where the shipper brings events: {@link CassandraArchive}, and in tests one that may refuse. */
interface ArchiveTarget extends AutoCloseable {
  /**
   * Writes events with one request; done when they are safe. Writing an event again changes
   * nothing.
   */
  CompletionStage<?> write(List<Stored> events);

  @Override
  void close();
}
