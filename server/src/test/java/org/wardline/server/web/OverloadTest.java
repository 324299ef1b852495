package org.wardline.server.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.server.TestServer;

/** Strangers on the network who want to take the console's memory or its places. */
class OverloadTest {
  private static final Duration GOOD_ANSWER_MAX = Duration.ofSeconds(1);
  private static final Duration PLACES_FREE_MAX = Duration.ofSeconds(15);

  /** 40 bodies of 980 kB, of which 24 MB are taken. */
  private static final int LARGE_BODIES = 40;

  private static final int LARGE_BODIES_REFUSED_MIN = 10;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = new TestServer();
    server.account("ana", "clinician");
    server.account("ben", "clinician");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Says how long the body is, sends a few bytes of it and stops. */
  private static BodyPublisher stalled(int bytes) {
    return BodyPublishers.fromPublisher(
        subscriber ->
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  private boolean sent;

                  @Override
                  public void request(long n) {
                    if (!sent) {
                      sent = true;
                      subscriber.onNext(ByteBuffer.wrap("login=".getBytes(UTF_8)));
                    }
                  }

                  @Override
                  public void cancel() {}
                }),
        bytes);
  }

  private static HttpRequest.Builder signIn(BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create(server.console() + "/sign-in"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .timeout(Duration.ofSeconds(30))
        .POST(body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.2"})
  void signed_in_people_and_programs_are_served_while_a_stranger_stalls_thousands_of_requests(
      String stranger) throws Exception {
    String person = stranger.endsWith("1") ? "ana" : "ben";
    server.clock.forward(Duration.ofSeconds(60));
    TestServer.Browser signedIn = server.signedIn(person);
    String token = server.token("during-" + person, "conversation:read");
    List<HttpClient> attackers = new ArrayList<>();
    try {
      for (int c = 0; c < 17; c++) {
        HttpClient attacker =
            server.client(Version.HTTP_2, Optional.of(InetAddress.getByName(stranger)));
        attackers.add(attacker);
        // The first request of a client decides on the connection that the others share.
        HttpResponse<Void> first =
            attacker.send(
                HttpRequest.newBuilder(URI.create(server.console() + "/api/v1/health")).build(),
                BodyHandlers.discarding());
        assertThat(first.version()).isEqualTo(Version.HTTP_2);
        for (int i = 0; i < 95; i++) {
          CompletableFuture<HttpResponse<Void>> ignored =
              attacker.sendAsync(signIn(stalled(5_000)).build(), BodyHandlers.discarding());
        }
      }
      long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
      while (System.nanoTime() < until) {
        assertServed(signedIn, token);
      }
      if (!stranger.equals("127.0.0.1")) {
        long start = System.nanoTime();
        assertThat(server.browser().signIn("nobody", "wrong", "000000").statusCode())
            .isEqualTo(401);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(GOOD_ANSWER_MAX);
      }
      awaitPlaceFor(stranger);
    } finally {
      attackers.forEach(HttpClient::shutdownNow);
    }
  }

  /** What the attack took from its own address comes back, though the attack goes on. */
  private static void awaitPlaceFor(String stranger) throws InterruptedException {
    TestServer.Browser browser = server.browserAt(stranger);
    long deadline = System.nanoTime() + PLACES_FREE_MAX.toNanos();
    int status = browser.signIn("nobody", "wrong", "000000").statusCode();
    while (status != 401) {
      assertThat(System.nanoTime()).as("no place, status %d", status).isLessThan(deadline);
      Thread.sleep(50);
      status = browser.signIn("nobody", "wrong", "000000").statusCode();
    }
  }

  private static void assertServed(TestServer.Browser signedIn, String token) {
    long start = System.nanoTime();
    assertThat(signedIn.get("/inbox").statusCode()).isEqualTo(200);
    assertThat(
            server
                .browser()
                .get("/api/v1/messages", "Authorization", "Bearer " + token)
                .statusCode())
        .isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(GOOD_ANSWER_MAX);
  }

  @Test
  void a_strangers_body_may_have_eight_kilobytes_said_or_unsaid() throws Exception {
    for (Version version : Version.values()) {
      HttpResponse<String> said =
          server
              .client(version)
              .send(
                  signIn(BodyPublishers.ofByteArray(new byte[8_001])).build(),
                  BodyHandlers.ofString());
      assertThat(said.statusCode()).isEqualTo(413);
      assertThat(said.body()).contains("8000");
    }
    HttpResponse<String> unsaid =
        server
            .client(Version.HTTP_2)
            .send(
                signIn(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(new byte[8_001])))
                    .build(),
                BodyHandlers.ofString());
    assertThat(unsaid.statusCode()).isEqualTo(413);
  }

  @Test
  void a_form_may_have_64_kilobytes() {
    server.clock.forward(Duration.ofSeconds(60));
    TestServer.Browser ana = server.signedIn("ana");
    String csrf = ana.csrfToken();
    assertThat(ana.post("/patients", Map.of("_csrf", csrf, "x", "a".repeat(60_000))).statusCode())
        .isEqualTo(422);
    assertThat(ana.post("/patients", Map.of("_csrf", csrf, "x", "a".repeat(64_000))).statusCode())
        .isEqualTo(413);
  }

  @Test
  void who_shows_no_session_or_token_is_refused_before_the_body_has_come() throws Exception {
    for (String path :
        List.of(
            "/api/v1/messages",
            "/api/v1/patients",
            "/patients",
            "/sign-out",
            "/conversations/0b6b5e6e-0000-4000-8000-1234567890ab/messages",
            "/nothing-here")) {
      try (SSLSocket socket = server.rawConsole()) {
        TestServer.RawAnswer answer =
            TestServer.exchange(
                socket,
                "POST "
                    + path
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 990000\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin=",
                Duration.ofSeconds(5));
        assertThat(answer.text()).as(path).matches("(?s)HTTP/1.1 (401|303|404) .*");
        assertThat(answer.closed()).as(path).isTrue();
        assertThat(answer.took()).as(path).isLessThan(Duration.ofSeconds(2));
      }
    }
  }

  @Test
  void a_strangers_body_must_come_within_five_seconds() throws Exception {
    try (SSLSocket socket = server.rawConsole()) {
      TestServer.RawAnswer answer =
          TestServer.exchange(
              socket,
              "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
                  + "Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin=",
              Duration.ofSeconds(10));
      assertThat(answer.closed()).isTrue();
      assertThat(answer.took()).isLessThan(Duration.ofSeconds(7));
    }
  }

  @Test
  void large_bodies_at_once_stay_within_the_budget() throws Exception {
    String token = server.token("large-many", "conversation:*");
    List<SSLSocket> sockets = new ArrayList<>();
    CountDownLatch refused = new CountDownLatch(LARGE_BODIES_REFUSED_MIN);
    try {
      for (int i = 0; i < LARGE_BODIES; i++) {
        SSLSocket socket = server.rawConsole();
        sockets.add(socket);
        socket
            .getOutputStream()
            .write(
                ("POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                        + token
                        + "\r\nContent-Type: application/json\r\nContent-Length: 990000\r\n\r\n"
                        + " ".repeat(980_000))
                    .getBytes(UTF_8));
        socket.getOutputStream().flush();
        Thread ignored = Thread.ofVirtual().start(() -> countWhenRefused(socket, refused));
      }
      // Nobody is refused for slowness within 20 s, so these are refused for the budget.
      assertThat(refused.await(15, TimeUnit.SECONDS)).as("refused").isTrue();
    } finally {
      for (SSLSocket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void countWhenRefused(SSLSocket socket, CountDownLatch refused) {
    try {
      byte[] head = socket.getInputStream().readNBytes(12);
      if (new String(head, UTF_8).equals("HTTP/1.1 503")) {
        refused.countDown();
      }
    } catch (IOException e) {
      // Its body is within the budget and waited for until the test closes the socket.
    }
  }

  @Test
  void places_are_given_back_however_a_request_ends() {
    RequestPlaces places = new RequestPlaces();
    List<RequestPlaces.Place> held = new ArrayList<>();
    for (int i = 0; i < RequestPlaces.STRANGERS_PER_ADDRESS_MAX; i++) {
      held.add(places.enter("a").orElseThrow());
    }
    assertThat(places.enter("a")).isEmpty();
    RequestPlaces.Place other = places.enter("b").orElseThrow();
    assertThat(other.takeBody()).isTrue();
    other.close();
    other.close();
    held.forEach(RequestPlaces.Place::authenticated);
    while (held.size() < RequestPlaces.PER_ADDRESS_MAX) {
      RequestPlaces.Place place = places.enter("a").orElseThrow();
      place.authenticated();
      held.add(place);
    }
    assertThat(places.enter("a")).isEmpty();
    held.forEach(RequestPlaces.Place::close);
    assertThat(places.taken()).isZero();
    assertThat(places.enter("a")).isPresent();
    // Every sign-in takes one of these, so a leak would shut everybody out after some hours.
    for (int i = 0; i <= RequestPlaces.STRANGERS_BODIES_MAX; i++) {
      try (RequestPlaces.Place place = places.enter("c").orElseThrow()) {
        assertThat(place.takeBody()).as("body %d", i).isTrue();
      }
    }
  }
}
