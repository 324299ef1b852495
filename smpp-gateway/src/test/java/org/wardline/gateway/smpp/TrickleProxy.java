package org.wardline.gateway.smpp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Passes octets on, one at a time and with pauses when it is told to be slow. */
final class TrickleProxy implements AutoCloseable {
  volatile boolean slow;
  private final ServerSocket listener;
  private final int target;

  TrickleProxy(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      Socket client = listener.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      Thread.ofVirtual().start(() -> pass(client, server, false));
      pass(server, client, true);
    } catch (IOException e) {
      // Closed.
    }
  }

  private void pass(Socket from, Socket to, boolean trickles) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] octets = new byte[4096];
      int count;
      while ((count = in.read(octets)) >= 0) {
        for (int i = 0; i < count; i++) {
          if (trickles && slow) {
            Thread.sleep(3);
            out.write(octets, i, 1);
          } else {
            out.write(octets, i, count - i);
            break;
          }
        }
      }
    } catch (IOException | InterruptedException e) {
      // The end of either side ends both.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
