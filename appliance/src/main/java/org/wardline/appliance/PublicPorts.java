package org.wardline.appliance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports people and carriers know by number: they never move by themselves. */
final class PublicPorts {
  private static final int TRIES = 100;

  private PublicPorts() {}

  /** Refuses when something listens there already, naming the flag that changes the port. */
  static void requireFree(String what, String flag, int port, boolean thisMachineOnly) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(
          thisMachineOnly
              ? new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port)
              : new InetSocketAddress(port));
    } catch (IOException e) {
      throw new StartRefused(
          "Port %d for the %s is taken or not allowed (%s). Choose another: %s PORT"
              .formatted(port, what, e.getMessage(), flag));
    }
  }

  /** The first free port on 127.0.0.1 from {@code preferred} upwards. */
  static int freeFrom(int preferred) {
    for (int port = preferred; port < preferred + TRIES; port++) {
      try {
        requireFree("gateway's figures", "metrics-port", port, true);
        return port;
      } catch (StartRefused e) {
        // taken; the next one
      }
    }
    throw new StartRefused(
        "No free port on 127.0.0.1 from %d to %d.".formatted(preferred, preferred + TRIES - 1));
  }
}
