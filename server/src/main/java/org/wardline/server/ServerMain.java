package org.wardline.server;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.wardline.config.ConfigException;
import org.wardline.metrics.Metrics;

/**
 * The server as a process of its own: {@code ServerMain --config wardline.yaml --config-key
 * config.key}.
 */
public final class ServerMain {
  private static final int USAGE = 2;

  private ServerMain() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 4 || !args[0].equals("--config") || !args[2].equals("--config-key")) {
      System.err.println("Usage: wardline-server --config wardline.yaml --config-key config.key");
      System.exit(USAGE);
      return;
    }
    try {
      Server server = Server.start(Path.of(args[1]), Path.of(args[3]), new Metrics());
      CountDownLatch stopped = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    server.close();
                    stopped.countDown();
                  },
                  "stop"));
      System.out.println("ready");
      stopped.await();
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      System.exit(USAGE);
    }
  }
}
