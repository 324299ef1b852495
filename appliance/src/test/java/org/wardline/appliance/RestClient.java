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
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Talks to the REST interface as an outside program does: HTTPS, the made CA, the token of {@code
 * run.json}.
 */
public final class RestClient {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http;
  private final String api;
  private final String token;

  public RestClient(RunningWardline wardline) throws IOException, GeneralSecurityException {
    JsonNode run = wardline.run();
    this.api = run.path("api").asString();
    this.token = run.path("apiToken").asString();
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trusting(wardline.data().resolve("tls/ca.pem")))
            .connectTimeout(Duration.ofSeconds(30))
            .build();
  }

  /** An answer: status and body, null when the body is not JSON. */
  public record Answer(int status, JsonNode body, String text) {}

  public Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  public Answer post(String path, String json, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder builder = request(path).header("Content-Type", "application/json");
    if (headers.length > 0) {
      builder.headers(headers);
    }
    return send(builder.POST(BodyPublishers.ofString(json)).build());
  }

  public Answer put(String path, String json) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(json))
            .build());
  }

  /** Puts a patient with care consent on file and returns the id. */
  public String patient(String givenName, String familyName, String number)
      throws IOException, InterruptedException {
    Answer answer =
        post(
            "/patients",
            """
            {"givenName":"%s","familyName":"%s","phones":[{"number":"%s","kind":"mobile"}],
             "consents":[{"kind":"care","state":"granted","method":"paper","wordingVersion":"demo-1"}]}
            """
                .formatted(givenName, familyName, number));
    if (answer.status() != 201) {
      throw new IllegalStateException("patient not created: " + answer);
    }
    return answer.body().path("id").asString();
  }

  /** Sends a text on line main and returns the answer. */
  public Answer text(String to, String text, String idempotencyKey)
      throws IOException, InterruptedException {
    return post(
        "/messages",
        JSON.writeValueAsString(
            JSON.createObjectNode()
                .put("to", to)
                .put("line", "main")
                .put("text", text)
                .put("kind", "care")),
        "Idempotency-Key",
        idempotencyKey);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(api + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + token);
  }

  private Answer send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    String type = response.headers().firstValue("Content-Type").orElse("");
    JsonNode body = type.contains("json") ? JSON.readTree(response.body()) : JSON.nullNode();
    return new Answer(response.statusCode(), body, response.body());
  }

  /** Where the interface begins. */
  public URI base() {
    return URI.create(api);
  }

  public String token() {
    return token;
  }

  /** Trusts the made CA and nobody else. */
  public SSLContext tls() {
    return http.sslContext();
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

  static List<String> numbers(int count) {
    // 555-01xx is reserved for fiction in one exchange only, so area codes and exchanges vary.
    return java.util.stream.IntStream.range(0, count)
        .mapToObj(i -> "+1%d%d%04d".formatted(210 + i / 90_000, 300 + i / 10_000 % 9, i % 10_000))
        .toList();
  }
}
