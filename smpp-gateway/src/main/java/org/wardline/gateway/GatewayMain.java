package org.wardline.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.config.ConfigException;
import org.wardline.metrics.Metrics;
import org.wardline.sms.TransportKeys;

/**
 * The gateway as a process of its own: {@code --config gateway.yaml [--key-file FILE]}. Serves
 * {@code /metrics} and {@code /health} on the loopback interface; SIGTERM is a clean stop. Exit
 * codes: 0 stopped, 1 could not start, 2 wrong use.
 */
public final class GatewayMain {
  private static final Logger log = LoggerFactory.getLogger(GatewayMain.class);
  private static final int USAGE = 2;
  private static final int HTTP_BACKLOG = 16;

  private GatewayMain() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length < 2
        || args.length % 2 != 0
        || !args[0].equals("--config")
        || (args.length == 4 && !args[2].equals("--key-file"))
        || args.length > 4) {
      System.err.println("Usage: gateway --config gateway.yaml [--key-file FILE]");
      System.exit(USAGE);
    }
    try {
      run(
          args.length == 4
              ? GatewayConfig.load(Path.of(args[1]), Path.of(args[3]))
              : GatewayConfig.load(Path.of(args[1])));
    } catch (ConfigException | IOException | IllegalStateException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static void run(GatewayConfig settings) throws IOException, InterruptedException {
    Metrics metrics = new Metrics();
    TransportKeys keys = TransportKeys.loadOrCreate(settings.transportKeys());
    HikariDataSource pool =
        GatewayPool.open(settings.jdbcUrl(), settings.username(), settings.password());
    HttpServer http = listen(settings.metricsPort());
    Gateway gateway = Gateway.start(GatewaySettings.of(pool, keys, settings.links()), metrics);
    serve(http, gateway, metrics);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(
                    () -> {
                      log.info("Stopping");
                      gateway.close();
                      pool.close();
                      http.stop(0);
                      log.info("Stopped");
                      stopped.countDown();
                    }));
    log.info("The gateway runs; metrics on 127.0.0.1:{}", settings.metricsPort());
    stopped.await();
  }

  private static HttpServer listen(int port) throws IOException {
    try {
      return HttpServer.create(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), HTTP_BACKLOG);
    } catch (java.net.BindException e) {
      throw new IOException(
          "Port "
              + port
              + " on 127.0.0.1 is taken. Stop the other program, or set metrics-port to another"
              + " port.",
          e);
    }
  }

  private static void serve(HttpServer http, Gateway gateway, Metrics metrics) {
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext(
        "/metrics", exchange -> answer(exchange, 200, "text/plain; version=0.0.4", metrics.text()));
    http.createContext(
        "/health",
        exchange -> {
          Gateway.Status status = gateway.status();
          answer(exchange, status.bound() ? 200 : 503, "text/plain", status.detail() + "\n");
        });
    http.start();
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
