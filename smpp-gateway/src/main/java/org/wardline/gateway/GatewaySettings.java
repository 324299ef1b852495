package org.wardline.gateway;

import java.time.Clock;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.wardline.sms.TransportKeys;

/**
 * What a gateway needs to run.
 *
 * @param database the pool of {@link GatewayPool}, or one set up like it with at least {@link
 *     #connections} connections as role {@code wardline_gateway}
 * @param keys the same keys as the server's
 * @param links those of the file; more can be added while it runs
 * @param clock for expiry and limits
 * @param random for the jitter between two attempts to connect
 */
public record GatewaySettings(
    DataSource database,
    TransportKeys keys,
    List<LinkSettings> links,
    Clock clock,
    RandomGenerator random) {
  /** Most links one gateway runs. */
  public static final int MAX_LINKS = 8;

  private static final int SHARED_CONNECTIONS = 2;
  private static final int CONNECTIONS_A_LINK = 4;

  public GatewaySettings {
    links = List.copyOf(links);
  }

  public static GatewaySettings of(
      DataSource database, TransportKeys keys, List<LinkSettings> links) {
    return new GatewaySettings(
        database, keys, links, Clock.systemUTC(), RandomGenerator.getDefault());
  }

  /** What {@link #MAX_LINKS} links need when all work at once; a quiet one holds one of four. */
  static int connections() {
    return SHARED_CONNECTIONS + CONNECTIONS_A_LINK * MAX_LINKS;
  }
}
