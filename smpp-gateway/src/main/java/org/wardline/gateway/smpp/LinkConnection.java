package org.wardline.gateway.smpp;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.jsmpp.session.connection.Connection;

/**
 * One TCP connection under an SMPP session, with or without TLS. jSMPP closes it first on every way
 * a session can end, so this is where the rest of us learns that it has ended.
 */
final class LinkConnection implements Connection {
  private static final int READ_BUFFER_OCTETS = 16 * 1024;

  /** For TLS's own goodbye: it waits for a writer that may be stuck. */
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  private final Socket socket;
  private final Socket raw;
  private final InputStream in;
  private final Out out;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param socket what is read and written
   * @param raw the TCP connection itself: the same, or what TLS runs on
   */
  LinkConnection(Socket socket, Socket raw, Runnable onClose) throws IOException {
    this.socket = socket;
    this.raw = raw;
    this.in = new BufferedInputStream(socket.getInputStream(), READ_BUFFER_OCTETS);
    this.out = new Out(socket.getOutputStream());
    this.onClose = onClose;
  }

  /**
   * Tells "nothing was written" from "perhaps written" where that is certain, and for how long the
   * peer has taken nothing.
   */
  private final class Out extends OutputStream {
    private final OutputStream target;

    /** Writers hold jSMPP's lock, so there is one at a time. */
    private volatile boolean writing;

    private volatile long since;

    Out(OutputStream target) {
      this.target = target;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
      if (closed.get()) {
        throw new LinkLostException(false, null);
      }
      since = System.nanoTime();
      writing = true;
      try {
        target.write(octets, offset, length);
      } finally {
        writing = false;
      }
    }

    @Override
    public void flush() throws IOException {
      target.flush();
    }
  }

  /** For how long the write under way has been waiting for the peer; zero when there is none. */
  Duration writeStuckFor() {
    long since = out.since;
    return out.writing ? Duration.ofNanos(System.nanoTime() - since) : Duration.ZERO;
  }

  /**
   * Waits for the peer to speak first; what it says stays readable.
   *
   * @throws IOException when it hangs up, or refuses as TLS does
   */
  void awaitFirstOctet(Duration limit) throws IOException {
    int before = socket.getSoTimeout();
    socket.setSoTimeout((int) Math.max(1, limit.toMillis()));
    in.mark(1);
    try {
      if (in.read() < 0) {
        throw new IOException("the peer closed the connection");
      }
      in.reset();
    } catch (SocketTimeoutException silent) {
      // As it should be.
    }
    socket.setSoTimeout(before);
  }

  @Override
  public boolean isOpen() {
    return !socket.isClosed();
  }

  @Override
  public InetAddress getInetAddress() {
    return socket.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return socket.getLocalAddress();
  }

  @Override
  public int getPort() {
    return socket.getPort();
  }

  @Override
  public int getLocalPort() {
    return socket.getLocalPort();
  }

  @Override
  public InputStream getInputStream() {
    return in;
  }

  @Override
  public OutputStream getOutputStream() {
    return out;
  }

  @Override
  public void setSoTimeout(int timeoutMillis) throws IOException {
    socket.setSoTimeout(timeoutMillis);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      // First, or the reader would name the closed socket as the reason.
      onClose.run();
      if (socket instanceof SSLSocket) {
        sayGoodbye();
      }
      closeQuietly(raw);
    }
  }

  private void sayGoodbye() {
    CountDownLatch said = new CountDownLatch(1);
    Thread.ofVirtual()
        .name("smpp-tls-goodbye")
        .start(
            () -> {
              closeQuietly(socket);
              said.countDown();
            });
    try {
      var _ = said.await(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
