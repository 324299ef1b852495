package org.wardline.smsc;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page on which a person is the patient, and the REST control under it. On 127.0.0.1 only, and
 * closed to other web sites the browser has open: the Host header must be this machine's (DNS
 * rebinding), and a write needs a JSON content type and, when the browser says one, our own Origin.
 */
final class SmscHttp implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SmscHttp.class);

  private static final int BACKLOG = 64;
  private static final int MAX_BODY_OCTETS = 64 * 1024;
  private static final Set<String> OWN_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String JSON = "application/json";
  private static final Map<String, String> FILES =
      Map.of(
          "/", "index.html",
          "/phone.css", "phone.css",
          "/phone.js", "phone.js");

  private final HttpServer server;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final SmscApi api;
  private final JsonMapper json = JsonMapper.builder().build();

  private SmscHttp(HttpServer server, SmscSimulator simulator) {
    this.server = server;
    this.api = new SmscApi(simulator);
  }

  static SmscHttp start(int port, SmscSimulator simulator) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    SmscHttp http = new SmscHttp(server, simulator);
    server.createContext("/", http::handle);
    server.setExecutor(http.executor);
    server.start();
    return http;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Cache-Control", "no-store");
      SmscApi.Answer answer;
      try {
        answer = answer(exchange);
      } catch (SmscApi.BadRequest | JacksonException e) {
        answer =
            SmscApi.Answer.problem(
                400, e instanceof SmscApi.BadRequest b ? b.said() : "This is not JSON.");
      } catch (RuntimeException e) {
        // Without the exception: it could quote a text.
        log.warn("The simulator's page failed: {}", e.getClass().getName());
        answer = SmscApi.Answer.problem(500, "The simulator failed; see its log.");
      }
      send(exchange, answer);
    }
  }

  private SmscApi.Answer answer(HttpExchange exchange) throws IOException {
    Headers request = exchange.getRequestHeaders();
    String host = String.valueOf(request.getFirst("Host"));
    if (!OWN_NAMES.contains(withoutPort(host))) {
      return SmscApi.Answer.problem(403, "Open the simulator as localhost or 127.0.0.1.");
    }
    String path = exchange.getRequestURI().getPath();
    return switch (exchange.getRequestMethod()) {
      case "GET", "HEAD" ->
          FILES.containsKey(path)
              ? SmscApi.Answer.file(path)
              : api.get(path, exchange.getRequestURI().getRawQuery());
      case "POST" -> post(exchange, request, host, path);
      default -> SmscApi.Answer.problem(405, "Use GET or POST.");
    };
  }

  private SmscApi.Answer post(HttpExchange exchange, Headers request, String host, String path)
      throws IOException {
    String type = String.valueOf(request.getFirst("Content-Type")).toLowerCase(Locale.ROOT);
    if (!type.split(";", 2)[0].strip().equals(JSON)) {
      return SmscApi.Answer.problem(415, "Send application/json.");
    }
    String origin = request.getFirst("Origin");
    if (origin != null && !origin.equals("http://" + host)) {
      return SmscApi.Answer.problem(403, "Another web site may not control the simulator.");
    }
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_OCTETS + 1);
    if (body.length > MAX_BODY_OCTETS) {
      return SmscApi.Answer.problem(413, "At most " + MAX_BODY_OCTETS + " octets.");
    }
    return api.post(path, json.readTree(body));
  }

  private static String withoutPort(String host) {
    int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
    return end <= 0 ? host : host.substring(0, end);
  }

  private void send(HttpExchange exchange, SmscApi.Answer answer) throws IOException {
    byte[] body;
    if (answer.filePath().isEmpty()) {
      exchange.getResponseHeaders().set("Content-Type", JSON);
      body = json.writeValueAsBytes(answer.body());
    } else {
      String name = String.valueOf(FILES.get(answer.filePath()));
      exchange.getResponseHeaders().set("Content-Type", contentType(name));
      body = resource(name);
    }
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), head || body.length == 0 ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  private static String contentType(String name) {
    return switch (name.substring(name.lastIndexOf('.'))) {
      case ".css" -> "text/css; charset=utf-8";
      case ".js" -> "text/javascript; charset=utf-8";
      default -> "text/html; charset=utf-8";
    };
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = SmscHttp.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is missing from the jar");
      }
      return in.readAllBytes();
    }
  }

  /** A query parameter, decoded; a + in it stays a +, because numbers start with one. */
  static String parameter(String rawQuery, String name, String otherwise) {
    for (String pair : rawQuery.split("&")) {
      if (pair.startsWith(name + "=")) {
        String value = pair.substring(name.length() + 1).replace("+", "%2B");
        return java.net.URLDecoder.decode(value, StandardCharsets.UTF_8);
      }
    }
    return otherwise;
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
