package org.wardline.appliance;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The REST interface of the Wardline that runs on a data folder, for the {@code wardline} command.
 * Commands go this way and not through the database, so that the server audits them and nobody
 * needs its keys.
 */
final class Api implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);

  private final String base;
  private final String token;
  private final HttpClient http;

  private Api(String base, String token, HttpClient http) {
    this.base = base;
    this.token = token;
    this.http = http;
  }

  /** What the server said; {@code body} is an object without fields when it was not JSON. */
  record Answer(int status, JsonNode body) {
    boolean isGood() {
      return status < 300;
    }

    /** The problem's own words (RFC 9457). */
    String words() {
      return body.path("detail").asString("Wardline answered " + status + ".");
    }
  }

  /** Throws {@link CommandFailed} in words when nothing runs on the folder. */
  static Api of(Path data) {
    Path folder = data.toAbsolutePath().normalize();
    Path file = folder.resolve("run.json");
    if (!Files.exists(file)) {
      throw new CommandFailed(
          "Wardline does not run on %s. Start it: ./dev run --data %s".formatted(folder, folder));
    }
    try {
      JsonNode run = JSON.readTree(Files.readString(file));
      HttpClient http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(CONNECT_TIMEOUT)
              .sslContext(trusting(folder.resolve("tls/ca.pem")))
              .build();
      return new Api(run.path("api").asString(""), run.path("apiToken").asString(""), http);
    } catch (IOException | JacksonException | GeneralSecurityException e) {
      throw new CommandFailed(
          "%s or tls/ca.pem beside it cannot be read. Are you the user who started Wardline? Otherwise restart it."
              .formatted(file));
    }
  }

  Answer get(String path) {
    return send(request(path).GET());
  }

  Answer post(String path, Object body) {
    return send(json(path).POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
  }

  /** For acts that have nothing to say. */
  Answer post(String path) {
    return send(request(path).POST(BodyPublishers.noBody()));
  }

  Answer put(String path, Object body) {
    return send(json(path).PUT(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
  }

  private HttpRequest.Builder json(String path) {
    return request(path).header("Content-Type", "application/json");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(ANSWER_TIMEOUT)
        .header("Authorization", "Bearer " + token);
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
      return new Answer(answer.statusCode(), tree(answer.body()));
    } catch (IOException e) {
      throw new CommandFailed(
          "Wardline does not answer at " + base + ". ./dev cli status says why.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("interrupted");
    }
  }

  private static JsonNode tree(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      return JSON.createObjectNode();
    }
  }

  private static SSLContext trusting(Path ca) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(ca)) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Override
  public void close() {
    http.close();
  }
}
