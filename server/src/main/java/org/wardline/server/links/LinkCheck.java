package org.wardline.server.links;

import java.util.Optional;
import org.wardline.config.ConfigException;
import org.wardline.gateway.GatewayConfig;

/**
 * Finds the mistakes in a link's settings before they are saved, by the gateway's own reading of
 * them. The only class of the server that may call the gateway's code (ADR 1).
 */
final class LinkCheck {
  private LinkCheck() {}

  /** Every mistake in words, with its line; empty when the gateway will take the settings. */
  static Optional<String> mistakes(String link, String settings) {
    try {
      var _ = GatewayConfig.link(link, settings);
      return Optional.empty();
    } catch (ConfigException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
