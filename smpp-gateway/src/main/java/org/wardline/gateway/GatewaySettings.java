package org.wardline.gateway;

import java.time.Clock;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.wardline.sms.TransportKeys;

/**
 * What a gateway needs to run.
 *
 * @param database the pool of {@link GatewayPool}, or one with at least {@link #MIN_CONNECTIONS}
 *     connections as role {@code wardline_gateway} set up like it
 * @param keys the same keys as the server's
 * @param clock for expiry and limits
 * @param random for the jitter between two attempts to connect
 */
public record GatewaySettings(
    DataSource database,
    TransportKeys keys,
    LinkSettings link,
    Clock clock,
    RandomGenerator random) {
  public static final int MIN_CONNECTIONS = 6;

  public static GatewaySettings of(DataSource database, TransportKeys keys, LinkSettings link) {
    return new GatewaySettings(
        database, keys, link, Clock.systemUTC(), RandomGenerator.getDefault());
  }
}
