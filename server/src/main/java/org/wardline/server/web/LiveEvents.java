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
import java.util.function.BooleanSupplier;
import org.wardline.server.accounts.Caller;

/**
 * Brings {@link LiveEvent}s to open browsers as server-sent events (WHATWG HTML §9.2).
 *
 * <p>Nothing is stored and nothing waits for a slow browser: one that reads too slowly gets {@code
 * resync} and loads everything again, as it does by itself whenever it had to connect anew.
 *
 * <p>Events must be published after the commit ({@code Tx.afterCommit}).
 */
public final class LiveEvents implements AutoCloseable {
  private static final int QUEUE_EVENTS_PER_STREAM = 256;
  private static final int STREAMS_PER_SESSION = 12;
  private static final int STREAMS_MAX = 1_000;
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private final List<Stream> streams = new ArrayList<>();
  private final Map<String, Integer> perSession = new ConcurrentHashMap<>();
  private final Duration heartbeat;

  private boolean closed;

  public LiveEvents() {
    this(HEARTBEAT);
  }

  LiveEvents(Duration heartbeat) {
    this.heartbeat = heartbeat;
  }

  /** Tells every browser whose person may read the event's line. Never blocks. */
  public void publish(LiveEvent event) {
    synchronized (streams) {
      streams.forEach(stream -> stream.offer(event));
    }
  }

  /** How many browsers listen. */
  public int open() {
    synchronized (streams) {
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
    int mine = perSession.merge(sessionKey, 1, Integer::sum);
    if (mine > STREAMS_PER_SESSION || open() >= STREAMS_MAX) {
      leave(sessionKey);
      throw Problem.unavailable("Too many open windows. Close some and reload.", 30);
    }
    Stream stream = new Stream(caller, sessionKey);
    try {
      join(stream);
      response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
      response.header("X-Accel-Buffering", "no");
      try (OutputStream out = response.outputStream()) {
        stream.run(out, sessionLives);
      } catch (IOException | UncheckedIOException e) {
        // The browser has gone; that is how every stream ends.
      }
    } finally {
      synchronized (streams) {
        streams.remove(stream);
      }
      leave(sessionKey);
    }
  }

  /** In one step, so that no window that opens meanwhile counts on a number thrown away. */
  private void leave(String sessionKey) {
    perSession.computeIfPresent(sessionKey, (key, open) -> open == 1 ? null : open - 1);
  }

  private void join(Stream stream) {
    synchronized (streams) {
      if (closed) {
        throw Problem.unavailable("Wardline is stopping.", 5);
      }
      streams.add(stream);
    }
  }

  /** Ends the streams of one session at once. */
  public void endSession(String sessionKey) {
    synchronized (streams) {
      streams.stream().filter(s -> s.sessionKey.equals(sessionKey)).forEach(Stream::end);
    }
  }

  /** Ends every stream; call before the web server stops, which waits for running requests. */
  @Override
  public void close() {
    synchronized (streams) {
      closed = true;
      streams.forEach(Stream::end);
    }
  }

  private final class Stream {
    private final Caller caller;
    private final String sessionKey;
    private final Deque<LiveEvent> queue = new ArrayDeque<>();
    private final Map<String, Boolean> readable = new HashMap<>();
    private boolean missed;
    private boolean ended;

    Stream(Caller caller, String sessionKey) {
      this.caller = caller;
      this.sessionKey = sessionKey;
    }

    synchronized void offer(LiveEvent event) {
      if (!readable.computeIfAbsent(
          event.line(), line -> caller.may("conversation:read:" + line))) {
        return;
      }
      if (queue.size() >= QUEUE_EVENTS_PER_STREAM) {
        queue.clear();
        missed = true;
      }
      if (!missed) {
        queue.addLast(event);
      }
      notifyAll();
    }

    synchronized void end() {
      ended = true;
      notifyAll();
    }

    void run(OutputStream out, BooleanSupplier sessionLives) throws IOException {
      // The first bytes go out at once, so that the browser knows that the stream stands.
      write(out, "event: hello\ndata: {}\n\n");
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
        return "event: " + LiveEvent.RESYNC + "\ndata: {}\n\n";
      }
      StringBuilder words = new StringBuilder();
      for (LiveEvent event = queue.poll(); event != null; event = queue.poll()) {
        words.append("event: ").append(event.kind()).append('\n');
        words.append("data: {\"line\":\"").append(event.line());
        words.append("\",\"conversation\":\"").append(event.conversation()).append("\"}\n\n");
      }
      return words.toString();
    }

    private static void write(OutputStream out, String words) throws IOException {
      out.write(words.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }
}
