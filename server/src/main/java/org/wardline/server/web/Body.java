package org.wardline.server.web;

import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A request's body with limits of size and time that hold whatever the headers say. */
final class Body {
  static final int BYTES_MAX = 1_000_000;

  /** For the whole body: a client that sends a byte now and then does not hold a thread. */
  private static final Duration READ_MAX = Duration.ofSeconds(20);

  private Body() {}

  static byte[] bytes(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    Deadline deadline = new Deadline(READ_MAX);
    byte[] bytes;
    try (InputStream in = request.content().inputStream()) {
      bytes = in.readNBytes(BYTES_MAX + 1);
    } catch (IOException | RuntimeException e) {
      throw deadline.met() ? broken(e) : late(request);
    }
    if (!deadline.met()) {
      throw late(request);
    }
    if (bytes.length > BYTES_MAX) {
      throw tooLarge();
    }
    return bytes;
  }

  private static RuntimeException broken(Exception e) {
    return e instanceof IOException io ? new UncheckedIOException(io) : (RuntimeException) e;
  }

  private static RuntimeException late(ServerRequest request) {
    // Over HTTP/1 the rest of the body would be taken for the next request.
    return request.prologue().protocolVersion().startsWith("1")
        ? new CloseConnectionException("the body did not arrive in time")
        : Problem.invalid("The body did not arrive in time.");
  }

  static Problem tooLarge() {
    return new Problem(
        Problem.Type.TOO_LARGE,
        "The request is larger than " + BYTES_MAX + " bytes. Send less at once.");
  }

  /** Interrupts the thread that made it unless it was met in time. */
  private static final class Deadline {
    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread watcher;

    Deadline(Duration limit) {
      Thread reader = Thread.currentThread();
      watcher =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      Thread.sleep(limit);
                    } catch (InterruptedException e) {
                      return;
                    }
                    if (over.compareAndSet(false, true)) {
                      reader.interrupt();
                    }
                  });
    }

    /** False when it was too late. */
    boolean met() {
      if (over.compareAndSet(false, true)) {
        watcher.interrupt();
        return true;
      }
      boolean ignored = Thread.interrupted();
      return false;
    }
  }
}
