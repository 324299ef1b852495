package org.wardline.gateway.smpp;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.wardline.config.ConfigException;

/**
 * Makes the connection under a session: TCP, and TLS where the settings want it. Our own because
 * jSMPP's connects without a time-out, leaves Nagle's delay on, and checks no host name (design §8,
 * 5). Every failure is a {@link SmppException} with words, and leaves nothing open.
 */
final class Dialer {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /** RFC 2818's rules for names and addresses: they fit SMPP, which has none of its own. */
  private static final String CHECK_NAME = "HTTPS";

  /** On top of twice the handshake's own time: see {@link #awaitVerdict}. */
  private static final Duration VERDICT = Duration.ofMillis(250);

  private final SmppBind.Transport transport;
  private final Duration timeout;

  Dialer(SmppBind.Transport transport, Duration timeout) {
    this.transport = transport;
    this.timeout = timeout;
  }

  /**
   * @param tls null on a plain connection
   */
  record Dialed(LinkConnection connection, @Nullable TlsPeer tls) {}

  /**
   * @param onClose of the connection's, see {@link LinkConnection}
   */
  Dialed dial(Runnable onClose) {
    TlsPeer peer =
        switch (transport.security()) {
          case TransportSecurity.Plain plain -> null;
          case TransportSecurity.Tls tls -> peer(tls);
        };
    Socket raw = tcp();
    try {
      return peer == null
          ? new Dialed(new LinkConnection(raw, raw, onClose), null)
          : encrypted(raw, peer, onClose);
    } catch (IOException e) {
      throw new SmppException(
          SmppException.Reason.BROKEN, 0, transport + " closed the connection at once.", e);
    }
  }

  private TlsPeer peer(TransportSecurity.Tls tls) {
    try {
      return new TlsPeer(transport.toString(), expectedName(tls), TlsFiles.read(tls));
    } catch (ConfigException e) {
      throw new SmppException(
          SmppException.Reason.MISCONFIGURED, 0, String.valueOf(e.getMessage()), e);
    }
  }

  private String expectedName(TransportSecurity.Tls tls) {
    String name = tls.serverName();
    return name == null ? transport.host() : name;
  }

  /** The first address that answers; they share the time-out. */
  private Socket tcp() {
    long deadline = System.nanoTime() + timeout.toNanos();
    IOException last = null;
    for (InetAddress address : addresses()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left < 1) {
        break;
      }
      Socket socket = new Socket();
      try {
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.connect(new InetSocketAddress(address, transport.port()), (int) left);
        return socket;
      } catch (IOException e) {
        closeQuietly(socket);
        last = e;
      }
    }
    String why =
        switch (last) {
          case ConnectException refused -> ": nothing listens there, or a firewall says no.";
          case null -> " within " + timeout + ".";
          case SocketTimeoutException silent -> " within " + timeout + ".";
          default -> ".";
        };
    throw new SmppException(
        SmppException.Reason.UNREACHABLE, 0, transport + " cannot be reached" + why, last);
  }

  private InetAddress[] addresses() {
    try {
      return InetAddress.getAllByName(transport.host());
    } catch (UnknownHostException e) {
      throw new SmppException(
          SmppException.Reason.UNREACHABLE,
          0,
          transport + " cannot be reached: this machine's DNS does not know the name.",
          e);
    }
  }

  private Dialed encrypted(Socket raw, TlsPeer peer, Runnable onClose) throws IOException {
    AtomicBoolean late = new AtomicBoolean();
    boolean done = false;
    try (var _ = new Deadline(raw, late)) {
      SSLSocket socket =
          (SSLSocket)
              peer.context()
                  .getSocketFactory()
                  // With this name SNI and the name check go by what is expected.
                  .createSocket(raw, expectedName(), transport.port(), true);
      socket.setEnabledProtocols(PROTOCOLS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm(CHECK_NAME);
      socket.setSSLParameters(parameters);
      long start = System.nanoTime();
      socket.startHandshake();
      LinkConnection connection = new LinkConnection(socket, raw, onClose);
      if (peer.certificateRequested()) {
        awaitVerdict(connection, Duration.ofNanos(System.nanoTime() - start));
      }
      done = true;
      return new Dialed(connection, peer);
    } catch (SSLException e) {
      throw late.get() ? tooSlow(e) : peer.failure(e);
    } catch (IOException e) {
      throw late.get() ? tooSlow(e) : peer.brokenOff(e);
    } finally {
      if (!done) {
        closeQuietly(raw);
      }
    }
  }

  private String expectedName() {
    return switch (transport.security()) {
      case TransportSecurity.Plain plain -> transport.host();
      case TransportSecurity.Tls tls -> expectedName(tls);
    };
  }

  /**
   * In TLS 1.3 a client is done before the server has looked at the client's certificate, and the
   * refusal comes as an alert a round trip later. Until then no bind may be written: the password
   * would go to somebody who is about to hang up, and the reason would be lost in the bind.
   */
  private static void awaitVerdict(LinkConnection connection, Duration handshake)
      throws IOException {
    connection.awaitFirstOctet(handshake.multipliedBy(2).plus(VERDICT));
  }

  private SmppException tooSlow(IOException e) {
    return new SmppException(
        SmppException.Reason.TIMED_OUT,
        0,
        transport
            + " did not finish setting up encryption within "
            + timeout
            + ". It may not speak TLS on this port; ask the carrier.",
        e);
  }

  /** Closes the socket under a handshake that takes too long: SO_TIMEOUT counts single reads. */
  private final class Deadline implements AutoCloseable {
    private final CountDownLatch done = new CountDownLatch(1);

    Deadline(Socket raw, AtomicBoolean late) {
      Thread.ofVirtual()
          .name("smpp-handshake-limit")
          .start(
              () -> {
                if (!await()) {
                  late.set(true);
                  closeQuietly(raw);
                }
              });
    }

    private boolean await() {
      try {
        return done.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        return false;
      }
    }

    @Override
    public void close() {
      done.countDown();
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed for us either way.
    }
  }
}
