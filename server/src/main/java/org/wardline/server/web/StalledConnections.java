package org.wardline.server.web;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes Helidon's idle timer, the only one that the server obeys (a listener's read timeout is
 * ignored in 4.3.0), do the right thing: it must end a connection whose client stopped in the
 * middle of a request's head, and must leave alone an HTTP/2 connection that carries a live stream,
 * which would otherwise be closed at the person's next click.
 */
final class StalledConnections {
  private final Set<ConnectionContext> readingHead = ConcurrentHashMap.newKeySet();

  ServerConnectionSelector http1(Http1Config.Builder config) {
    Http1ConnectionListener head =
        new Http1ConnectionListener() {
          @Override
          public void prologue(ConnectionContext ctx, HttpPrologue prologue) {
            readingHead.add(ctx);
          }

          @Override
          public void headers(ConnectionContext ctx, Headers headers) {
            readingHead.remove(ctx);
          }
        };
    return new Selector(
        Http1ConnectionSelector.builder().config(config.addReceiveListener(head).build()).build());
  }

  ServerConnectionSelector http2(Http2Config config) {
    return new Selector(Http2ConnectionSelector.builder().http2Config(config).build());
  }

  private final class Selector implements ServerConnectionSelector {
    private final ServerConnectionSelector real;

    Selector(ServerConnectionSelector real) {
      this.real = real;
    }

    @Override
    public int bytesToIdentifyConnection() {
      return real.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
      return real.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
      return real.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext ctx) {
      return new Connection(real.connection(ctx), ctx);
    }
  }

  private final class Connection implements ServerConnection, InterruptableTask<Void> {
    private final ServerConnection real;
    private final ConnectionContext ctx;

    Connection(ServerConnection real, ConnectionContext ctx) {
      this.real = real;
      this.ctx = ctx;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
      try {
        real.handle(limit);
      } finally {
        readingHead.remove(ctx);
      }
    }

    /** Helidon counts from the last request's beginning, however long the request goes on. */
    @Override
    public Duration idleTime() {
      return canInterrupt() || readingHead.contains(ctx) ? real.idleTime() : Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
      real.close(interrupt || readingHead.contains(ctx));
    }

    /** True while no request is under way. */
    @Override
    public boolean canInterrupt() {
      return real instanceof InterruptableTask<?> task && task.canInterrupt();
    }
  }
}
