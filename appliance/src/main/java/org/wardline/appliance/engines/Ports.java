package org.wardline.appliance.engines;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** The engines' own ports are nobody's business, so they move aside when taken. */
final class Ports {
  private static final int TRIES = 100;

  /** How often an engine chooses again when another program was faster. */
  static final int START_TRIES = 3;

  private Ports() {}

  /** For the progress of a start. */
  static String takenMeanwhile(String engine, String ports) {
    return "another program took %s of %s in the same moment; trying the next free one"
        .formatted(ports, engine);
  }

  static EngineException alwaysTaken(String engine) {
    return new EngineException(
        "%s found no port: %d times another program took the free one before it could. Start again; ss -ltnp shows what listens."
            .formatted(engine, START_TRIES));
  }

  /** After a crash: everybody who talks to the engine knows this port and no other. */
  static EngineException lost(String engine, int port) {
    return new EngineException(
        "Another program listens on 127.0.0.1:%d, the port of %s. Stop it (ss -ltnp shows it), or start Wardline again: then it takes another port."
            .formatted(port, engine));
  }

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
