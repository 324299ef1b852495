package org.wardline.appliance;

import java.time.Duration;
import org.wardline.config.Secret;
import org.wardline.smsc.SmscOptions;
import org.wardline.smsc.SmscSimulator;

/**
 * A carrier outside Wardline's processes, so that its log survives whatever a test does to them.
 */
final class Carrier {
  static final String PASSWORD = "s3cret";

  private Carrier() {}

  static SmscSimulator start() {
    return SmscSimulator.start(
        SmscOptions.forTests()
            .withPassword(Secret.of(PASSWORD))
            .withReceiptDelay(Duration.ofMillis(30)));
  }

  /** The {@code --smsc} option that reaches it. */
  static String address(SmscSimulator carrier) {
    return "127.0.0.1:" + carrier.port() + ":" + SmscOptions.DEFAULT_SYSTEM_ID + ":" + PASSWORD;
  }
}
