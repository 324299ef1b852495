package org.wardline.gateway.smpp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An SMSC's listening side, for the simulator and for tests. Every connection is on its own; none
 * can hold up the accept loop or the others.
 */
public final class SmppServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SmppServer.class);

  /** Connections at once, bound or not; more are closed on arrival. */
  static final int MAX_CONNECTIONS = 64;

  private static final int BACKLOG = 64;
  private static final Duration ACCEPTOR_STOP = Duration.ofSeconds(2);

  private final ServerSocket listener;
  private final SmppServerHandler handler;
  private final Timeouts timeouts;
  private final @Nullable Tls tls;
  private final Set<SmppServerSession> sessions = ConcurrentHashMap.newKeySet();
  private final Thread acceptor =
      Thread.ofPlatform().daemon().name("smsc-accept").unstarted(this::acceptLoop);
  private volatile boolean closed;

  /**
   * @param bind from accept to a complete bind
   * @param enquireLink silence after which the client is probed
   * @param response for deliver_sm and enquire_link
   */
  public record Timeouts(Duration bind, Duration enquireLink, Duration response) {
    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(10));
  }

  /**
   * @param context with the server's key and the authorities of its clients
   * @param clientCertificate whether a client must show one
   */
  public record Tls(SSLContext context, boolean clientCertificate) {
    private Socket over(Socket raw) throws IOException {
      SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(raw, null, true);
      socket.setNeedClientAuth(clientCertificate);
      return socket;
    }
  }

  private SmppServer(
      ServerSocket listener, SmppServerHandler handler, Timeouts timeouts, @Nullable Tls tls) {
    this.listener = listener;
    this.handler = handler;
    this.timeouts = timeouts;
    this.tls = tls;
  }

  /**
   * Listens and accepts from now on.
   *
   * @param port 0 takes any free one
   * @throws IOException when the port is taken
   */
  public static SmppServer start(
      InetAddress address, int port, SmppServerHandler handler, Timeouts timeouts)
      throws IOException {
    return start(address, port, handler, timeouts, null);
  }

  /**
   * As above, and with TLS only when {@code tls} is not null.
   *
   * @throws IOException when the port is taken
   */
  public static SmppServer start(
      InetAddress address,
      int port,
      SmppServerHandler handler,
      Timeouts timeouts,
      @Nullable Tls tls)
      throws IOException {
    JsmppLogs.silence();
    ServerSocket listener = new ServerSocket();
    try {
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(address, port), BACKLOG);
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
    SmppServer server = new SmppServer(listener, handler, timeouts, tls);
    server.acceptor.start();
    return server;
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Connections that are bound at this moment. */
  public List<SmppServerSession> sessions() {
    return sessions.stream().filter(SmppServerSession::isBound).toList();
  }

  private void acceptLoop() {
    while (!closed) {
      try {
        accepted(listener.accept());
      } catch (IOException e) {
        if (!closed) {
          log.warn("SMSC side: accept failed: {}", e.getMessage());
          pause();
        }
      }
    }
  }

  /** Out of file descriptors, say: trying again at once would only burn the processor. */
  private static void pause() {
    try {
      Thread.sleep(Duration.ofMillis(100));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accepted(Socket raw) throws IOException {
    if (closed || sessions.size() >= MAX_CONNECTIONS) {
      raw.close();
      return;
    }
    try {
      raw.setTcpNoDelay(true);
      // Shakes hands when the session's reader reads first, not here.
      Socket socket = tls == null ? raw : tls.over(raw);
      Holder holder = new Holder();
      SmppServerSession session =
          new SmppServerSession(
              socket, raw, handler, timeouts.enquireLink(), timeouts.response(), holder::closed);
      sessions.add(session);
      holder.session(session);
      Thread.ofVirtual().name("smsc-bind").start(() -> serve(session));
    } catch (IOException | RuntimeException e) {
      raw.close();
      log.warn("SMSC side: a connection was dropped: {}", e.getMessage());
    }
  }

  private void serve(SmppServerSession session) {
    if (session.bind(timeouts.bind())) {
      handler.onBound(session);
    }
  }

  /** The connection may close before its session object is there. */
  private final class Holder {
    private final java.util.concurrent.CompletableFuture<SmppServerSession> session =
        new java.util.concurrent.CompletableFuture<>();

    void session(SmppServerSession created) {
      session.complete(created);
    }

    void closed() {
      var _ =
          session.thenAccept(
              s -> {
                if (sessions.remove(s)) {
                  handler.onClosed(s);
                }
              });
    }
  }

  /** Cuts every connection as a broken line does; goes on listening. */
  public void dropConnections() {
    sessions.forEach(SmppServerSession::drop);
  }

  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
    } catch (IOException e) {
      log.debug("closing the listener: {}", e.getMessage());
    }
    awaitAcceptor();
    sessions.forEach(SmppServerSession::close);
  }

  /** The kernel goes on taking connections until the blocked accept has returned. */
  private void awaitAcceptor() {
    try {
      acceptor.join(ACCEPTOR_STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
