package org.wardline.server.web;

import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * A request's body with limits of size and time that hold whatever the headers say. A stranger's
 * body is small and must come at once; all other bodies under way together fit a budget, because
 * each of many requests may be harmless and all of them too much.
 */
final class Body {
  /** What sort of body a route reads. */
  static final class Kind {
    static final Kind FORM = new Kind(64_000, 8_000_000);
    static final Kind JSON = new Kind(1_000_000, 24_000_000);

    private final int bytesMax;
    private final Semaphore budgetBytes;

    private Kind(int bytesMax, int budgetBytes) {
      this.bytesMax = bytesMax;
      this.budgetBytes = new Semaphore(budgetBytes);
    }

    int bytesMax() {
      return bytesMax;
    }
  }

  static final int STRANGER_BYTES_MAX = 8_000;

  /** For the whole body: a client that sends a byte now and then does not hold a thread. */
  private static final Duration READ_MAX = Duration.ofSeconds(20);

  private static final Duration STRANGER_READ_MAX = Duration.ofSeconds(5);

  /** Nobody wants these bytes; reading them only lets the answer arrive over HTTP/1. */
  private static final Duration DISCARD_MAX = Duration.ofSeconds(5);

  private static final Duration STRANGER_DISCARD_MAX = Duration.ofMillis(500);
  private static final int CHUNK_BYTES = 16_384;
  private static final int RETRY_SECONDS = 2;

  private Body() {}

  static byte[] bytes(ServerRequest request, Kind kind) {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    RequestPlaces.Place place = RequestPlaces.of(request);
    if (place.isStranger()) {
      if (!place.takeBody()) {
        throw Problem.tooMany(
            "Too many requests from this address at once. Try again.", RETRY_SECONDS);
      }
      return read(request, STRANGER_BYTES_MAX, STRANGER_READ_MAX, new Semaphore(CHUNK_BYTES));
    }
    return read(request, kind.bytesMax, READ_MAX, kind.budgetBytes);
  }

  private static byte[] read(
      ServerRequest request, int bytesMax, Duration limit, Semaphore budgetBytes) {
    if (request.headers().contentLength().orElse(0) > bytesMax) {
      throw tooLarge(bytesMax);
    }
    // One more than is announced, which may be nonsense: the read that finds the end fits too.
    int chunkBytes =
        Math.clamp(request.headers().contentLength().orElse(CHUNK_BYTES) + 1, 1, CHUNK_BYTES);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(chunkBytes);
    byte[] chunk = new byte[chunkBytes];
    int held = 0;
    Deadline deadline = new Deadline(limit);
    try {
      InputStream in = request.content().inputStream();
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        if (bytes.size() + n > bytesMax) {
          throw tooLarge(bytesMax);
        }
        if (!budgetBytes.tryAcquire(n)) {
          throw Problem.unavailable(
              "Wardline is busy with large requests. Nothing was changed; try again in a moment.",
              RETRY_SECONDS);
        }
        held += n;
        bytes.write(chunk, 0, n);
      }
    } catch (IOException | RuntimeException e) {
      throw deadline.met() ? gone(e) : late(request);
    } finally {
      budgetBytes.release(held);
    }
    if (!deadline.met()) {
      throw late(request);
    }
    return bytes.toByteArray();
  }

  /**
   * Ends a request whose body nobody has read to its end. Helidon would read on without a limit of
   * time, over HTTP/1 in the request's place.
   *
   * @throws CloseConnectionException over HTTP/1, when the rest did not come soon
   */
  static void discardRest(ServerRequest request) {
    if (!request.content().hasEntity() || request.content().consumed()) {
      return;
    }
    Duration limit = RequestPlaces.of(request).isStranger() ? STRANGER_DISCARD_MAX : DISCARD_MAX;
    if (!isHttp1(request)) {
      endStreamIn(limit);
      return;
    }
    Deadline deadline = new Deadline(limit);
    boolean whole = false;
    try {
      request.content().consume();
      whole = true;
    } catch (RuntimeException e) {
      // The rest does not come.
    } finally {
      whole &= deadline.met();
    }
    if (!whole) {
      throw new CloseConnectionException("the rest of the body did not arrive in time");
    }
  }

  /**
   * Ends a refused request, whatever was still to come.
   *
   * @throws CloseConnectionException over HTTP/1
   */
  static void cut(ServerRequest request) {
    if (isHttp1(request)) {
      throw new CloseConnectionException("refused");
    }
    endStreamIn(STRANGER_DISCARD_MAX);
  }

  /**
   * Over HTTP/2 Helidon waits for the client's end of the stream once the answer has left, no
   * longer in the request's place but on its thread. Resetting the stream instead would cost honest
   * clients the answer.
   */
  private static void endStreamIn(Duration limit) {
    Thread stream = Thread.currentThread();
    Thread ignored =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    boolean ended = stream.join(limit);
                    if (!ended) {
                      stream.interrupt();
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  private static boolean isHttp1(ServerRequest request) {
    return request.prologue().protocolVersion().startsWith("1");
  }

  /** A client that went away in the middle of its body is no fault of ours and not worth a line. */
  private static RuntimeException gone(Exception e) {
    return e instanceof Problem problem
        ? problem
        : new CloseConnectionException("the client has gone");
  }

  private static RuntimeException late(ServerRequest request) {
    // Over HTTP/1 the rest of the body would be taken for the next request.
    return isHttp1(request)
        ? new CloseConnectionException("the body did not arrive in time")
        : Problem.invalid("The body did not arrive in time.");
  }

  static Problem tooLarge(int bytesMax) {
    return new Problem(
        Problem.Type.TOO_LARGE,
        "The request is larger than " + bytesMax + " bytes. Send less at once.");
  }

  /**
   * Interrupts the thread that made it unless it was met in time. One thread looks after all of
   * them: a timer of its own for each body cost more than to read it.
   */
  private static final class Deadline {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Set<Deadline> OPEN = ConcurrentHashMap.newKeySet();

    static {
      Thread.ofVirtual().name("body-deadlines").start(Deadline::watch);
    }

    private final Thread reader = Thread.currentThread();
    private final long endNanos;
    private boolean over;

    Deadline(Duration limit) {
      endNanos = System.nanoTime() + limit.toNanos();
      OPEN.add(this);
    }

    private static void watch() {
      try {
        while (true) {
          Thread.sleep(LOOK);
          long now = System.nanoTime();
          for (Deadline open : OPEN) {
            if (now - open.endNanos >= 0) {
              open.miss();
            }
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private synchronized void miss() {
      if (!over) {
        over = true;
        OPEN.remove(this);
        reader.interrupt();
      }
    }

    /** False when it was too late. */
    synchronized boolean met() {
      if (!over) {
        over = true;
        OPEN.remove(this);
        return true;
      }
      boolean ignored = Thread.interrupted();
      return false;
    }
  }
}
