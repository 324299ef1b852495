package org.wardline.gateway.smpp;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * jSMPP logs whole PDUs in hexadecimal at DEBUG and addresses in some of its errors. Its loggers
 * are therefore off whatever the configuration says; this package logs what matters itself.
 */
final class JsmppLogs {
  private static final String PREFIX = "org.jsmpp";

  private JsmppLogs() {}

  static void silence() {
    if (LoggerFactory.getLogger(PREFIX) instanceof Logger root) {
      root.setLevel(Level.OFF);
      for (Logger logger : root.getLoggerContext().getLoggerList()) {
        if (logger.getName().startsWith(PREFIX + ".")) {
          logger.setLevel(Level.OFF);
        }
      }
    }
  }
}
