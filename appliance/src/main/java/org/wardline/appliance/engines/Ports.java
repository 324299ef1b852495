package org.wardline.appliance.engines;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** The engines' own ports are nobody's business, so they move aside when taken. */
final class Ports {
  private static final int TRIES = 100;

  private Ports() {}

  /** The first free TCP port on 127.0.0.1 from {@code preferred} upwards. */
  static int freeFrom(int preferred) {
    for (int port = preferred; port < preferred + TRIES; port++) {
      if (isFree(port)) {
        return port;
      }
    }
    throw new EngineException(
        "No free port on 127.0.0.1 from %d to %d. Stop what listens there (ss -ltnp shows it)."
            .formatted(preferred, preferred + TRIES - 1));
  }

  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // Connections of an engine that just stopped linger in TIME_WAIT; they are no obstacle to the
      // engine either.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
