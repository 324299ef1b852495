package org.wardline.gateway.smpp;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jsmpp.session.connection.Connection;

/**
 * One TCP connection under an SMPP session. jSMPP closes it first on every way a session can end,
 * so this is where the rest of us learns that it has ended.
 */
final class LinkConnection implements Connection {
  private static final int READ_BUFFER_OCTETS = 16 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();

  LinkConnection(Socket socket, Runnable onClose) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), READ_BUFFER_OCTETS);
    this.out = new Out(socket.getOutputStream());
    this.onClose = onClose;
  }

  /** Tells "nothing was written" from "perhaps written" where that is certain. */
  private final class Out extends OutputStream {
    private final OutputStream target;

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
      target.write(octets, offset, length);
    }

    @Override
    public void flush() throws IOException {
      target.flush();
    }
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
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed for us either way.
      }
    }
  }
}
