package org.wardline.appliance;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import org.slf4j.LoggerFactory;

/**
 * Sends what the programs log to {@code DIR/logs/wardline.log}; the terminal belongs to the steps.
 */
final class LogFiles {
  private LogFiles() {}

  static Path into(Path folder) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    context.putProperty("LOGS", folder.toString());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    URL configuration =
        Objects.requireNonNull(LogFiles.class.getResource("quickstart-logback.xml"));
    try {
      configurator.doConfigure(configuration);
    } catch (JoranException e) {
      throw new IllegalStateException(e);
    }
    return folder.resolve("wardline.log");
  }
}
