package org.wardline.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What an open browser hears: the lines of {@code /live} as they come. */
public final class LiveStream {
  private static final String ENDED = "(ended)";
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private LiveStream(Stream<String> body) {
    Thread ignored =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    body.forEach(lines::add);
                  } finally {
                    lines.add(ENDED);
                  }
                });
  }

  /** Opens a stream and returns once the server has said hello on it. */
  public static LiveStream open(TestServer server, TestServer.Browser browser, Version version)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.console() + "/live"))
            .header("Accept", "text/event-stream")
            .header("Cookie", "__Host-wardline=" + browser.cookie().orElseThrow())
            .build();
    HttpResponse<Stream<String>> response =
        server.client(version).send(request, BodyHandlers.ofLines());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.version()).isEqualTo(version);
    LiveStream stream = new LiveStream(response.body());
    stream.await("event: hello");
    return stream;
  }

  /** The next line that begins like this; what comes before it is passed over. */
  public String await(String beginning) throws InterruptedException {
    while (true) {
      String line = lines.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        throw new AssertionError("no line begins with " + beginning);
      }
      if (line.startsWith(beginning)) {
        return line;
      }
      assertThat(line).isNotEqualTo(ENDED);
    }
  }

  /** Waits for the server to end the stream. */
  public void awaitEnd() throws InterruptedException {
    String ignored = await(ENDED);
  }

  /** True when the server has ended the stream; what came before is passed over. */
  public boolean endsWithin(Duration limit) throws InterruptedException {
    String line = lines.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    while (line != null && !line.equals(ENDED)) {
      line = lines.poll();
    }
    return line != null;
  }
}
