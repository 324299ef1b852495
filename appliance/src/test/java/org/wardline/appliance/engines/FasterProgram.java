package org.wardline.appliance.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Another program that takes each port an engine has chosen before the engine can, so many times.
 * It lets anybody connect and never says a word.
 */
final class FasterProgram implements PortChoice, AutoCloseable {
  private final List<ServerSocket> taken = new ArrayList<>();
  private int left;

  FasterProgram(int times) {
    left = times;
  }

  @Override
  public int freeFrom(int preferred) {
    int port = Ports.freeFrom(preferred);
    if (left > 0) {
      left--;
      try {
        taken.add(new ServerSocket(port, 50, InetAddress.ofLiteral("127.0.0.1")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return port;
  }

  List<Integer> ports() {
    return taken.stream().map(ServerSocket::getLocalPort).toList();
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket socket : taken) {
      socket.close();
    }
  }
}
