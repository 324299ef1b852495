package org.wardline.server.web;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.wardline.server.accounts.Caller;

/**
 * Brings {@link LiveEvent}s to open browsers as server-sent events (WHATWG HTML §9.2).
 *
 * <p>Every event has a number. A browser that comes back with {@code Last-Event-ID} gets what it
 * missed from a ring of the newest events; when the ring no longer reaches that far, when the
 * server was restarted, or when a browser reads too slowly, it gets {@code resync} and loads
 * everything again. Nothing is stored and nothing waits for a slow browser.
 *
 * <p>Events must be published after the commit ({@code Tx.afterCommit}).
 */
public final class LiveEvents implements AutoCloseable {
  private static final int RING_EVENTS = 2_000;
  private static final int QUEUE_EVENTS_PER_STREAM = 256;
  private static final int STREAMS_PER_SESSION = 12;
  private static final int STREAMS_MAX = 1_000;
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /** Event and number together; numbers start at the server's own start time, see {@link #next}. */
  private record Numbered(long number, LiveEvent event) {}

  private final Deque<Numbered> ring = new ArrayDeque<>();
  private final List<Stream> streams = new ArrayList<>();
  private final Map<String, AtomicInteger> perSession = new ConcurrentHashMap<>();
  private final Duration heartbeat;

  /**
   * Number of the next event. It starts at the clock in microseconds, so numbers of an earlier run
   * of the server are never mistaken for numbers of this one.
   */
  private long next;

  private boolean closed;

  public LiveEvents(long startMicros) {
    this(startMicros, HEARTBEAT);
  }

  LiveEvents(long startMicros, Duration heartbeat) {
    this.next = startMicros;
    this.heartbeat = heartbeat;
  }

  /** Tells every browser whose person may read the event's line. Never blocks. */
  public void publish(LiveEvent event) {
    synchronized (ring) {
      Numbered numbered = new Numbered(next++, event);
      ring.addLast(numbered);
      if (ring.size() > RING_EVENTS) {
        ring.removeFirst();
      }
      streams.forEach(stream -> stream.offer(numbered));
    }
  }

  /** How many browsers listen. */
  public int open() {
    synchronized (ring) {
      return streams.size();
    }
  }

  /**
   * Serves one browser until it goes away, its session ends or the server stops. Occupies the
   * request's virtual thread.
   *
   * @param sessionKey names the session, to limit streams per session
   * @param sessionLives asked before every event and heartbeat; must not count as a person's act
   */
  public void serve(
      Caller caller,
      String sessionKey,
      BooleanSupplier sessionLives,
      ServerRequest request,
      ServerResponse response) {
    AtomicInteger mine = perSession.computeIfAbsent(sessionKey, key -> new AtomicInteger());
    if (mine.incrementAndGet() > STREAMS_PER_SESSION || open() >= STREAMS_MAX) {
      mine.decrementAndGet();
      throw Problem.unavailable("Too many open windows. Close some and reload.", 30);
    }
    Stream stream = new Stream(caller, sessionKey);
    try {
      join(
          stream,
          request.headers().value(HeaderNames.create("Last-Event-ID")).map(LiveEvents::number));
      response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
      response.header("X-Accel-Buffering", "no");
      try (OutputStream out = response.outputStream()) {
        stream.run(out, sessionLives);
      } catch (IOException | UncheckedIOException e) {
        // The browser has gone; that is how every stream ends.
      }
    } finally {
      synchronized (ring) {
        streams.remove(stream);
      }
      if (mine.decrementAndGet() == 0) {
        perSession.remove(sessionKey, mine);
      }
    }
  }

  private static long number(String lastEventId) {
    try {
      return Long.parseLong(lastEventId);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private void join(Stream stream, java.util.Optional<Long> last) {
    synchronized (ring) {
      if (closed) {
        throw Problem.unavailable("Wardline is stopping.", 5);
      }
      if (last.isPresent()) {
        long oldest = ring.isEmpty() ? next : ring.getFirst().number();
        if (last.get() + 1 < oldest || last.get() >= next) {
          stream.missed = true;
        } else {
          ring.stream().filter(n -> n.number() > last.get()).forEach(stream::offer);
        }
      }
      stream.lastNumber = next - 1;
      streams.add(stream);
    }
  }

  /** Ends the streams of one session at once. */
  public void endSession(String sessionKey) {
    synchronized (ring) {
      streams.stream().filter(s -> s.sessionKey.equals(sessionKey)).forEach(Stream::end);
    }
  }

  /** Ends every stream; call before the web server stops, which waits for running requests. */
  @Override
  public void close() {
    synchronized (ring) {
      closed = true;
      streams.forEach(Stream::end);
    }
  }

  private final class Stream {
    private final Caller caller;
    private final String sessionKey;
    private final Deque<Numbered> queue = new ArrayDeque<>();
    private final Map<String, Boolean> readable = new HashMap<>();
    private boolean missed;
    private boolean ended;
    private long lastNumber;

    Stream(Caller caller, String sessionKey) {
      this.caller = caller;
      this.sessionKey = sessionKey;
    }

    synchronized void offer(Numbered numbered) {
      lastNumber = numbered.number();
      if (!readable.computeIfAbsent(
          numbered.event().line(), line -> caller.may("conversation:read:" + line))) {
        return;
      }
      if (queue.size() >= QUEUE_EVENTS_PER_STREAM) {
        queue.clear();
        missed = true;
      }
      if (!missed) {
        queue.addLast(numbered);
      }
      notifyAll();
    }

    synchronized void end() {
      ended = true;
      notifyAll();
    }

    void run(OutputStream out, BooleanSupplier sessionLives) throws IOException {
      // The first bytes go out at once, so that the browser knows that the stream stands; they also
      // tell it where it stands, should it have to come back before the first event.
      write(out, "retry: 2000\nid: " + lastNumber + "\nevent: hello\ndata: {}\n\n");
      while (true) {
        String words = await();
        if (words.isEmpty() || !sessionLives.getAsBoolean()) {
          return;
        }
        write(out, words);
      }
    }

    /** What to write next; empty when the stream is over. */
    private synchronized String await() {
      long heartbeatAt = System.nanoTime() + heartbeat.toNanos();
      try {
        while (queue.isEmpty() && !missed && !ended) {
          long waitMillis = (heartbeatAt - System.nanoTime()) / 1_000_000;
          if (waitMillis <= 0) {
            return "event: heartbeat\ndata: {}\n\n";
          }
          wait(waitMillis);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "";
      }
      if (ended) {
        return "";
      }
      if (missed) {
        missed = false;
        queue.clear();
        return "id: " + lastNumber + "\nevent: " + LiveEvent.RESYNC + "\ndata: {}\n\n";
      }
      StringBuilder words = new StringBuilder();
      for (Numbered n = queue.poll(); n != null; n = queue.poll()) {
        words.append("id: ").append(n.number()).append('\n');
        words.append("event: ").append(n.event().kind()).append('\n');
        words.append("data: {\"line\":\"").append(n.event().line());
        words.append("\",\"conversation\":\"").append(n.event().conversation());
        words.append("\",\"seq\":").append(n.event().seq()).append("}\n\n");
      }
      return words.toString();
    }

    private static void write(OutputStream out, String words) throws IOException {
      out.write(words.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }
}
