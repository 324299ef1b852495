package org.wardline.server.web;

import java.net.InetAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * How many connections a listener holds, in all and from one address. A connection counts from its
 * acceptance until its socket is closed, whoever closes it.
 */
final class ConnectionLimit {
  private final int connectionsMax;
  private final int connectionsPerAddressMax;
  private final IdentityHashMap<Socket, InetAddress> open = new IdentityHashMap<>();
  private final Map<InetAddress, Integer> perAddress = new HashMap<>();

  ConnectionLimit(int connectionsMax, int connectionsPerAddressMax) {
    this.connectionsMax = connectionsMax;
    this.connectionsPerAddressMax = connectionsPerAddressMax;
  }

  /** Counts the connection, or refuses it. */
  synchronized boolean admit(Socket socket) {
    InetAddress address = socket.getInetAddress();
    if (address == null) {
      return false;
    }
    if (isFull(address)) {
      forgetClosed();
      if (isFull(address)) {
        return false;
      }
    }
    open.put(socket, address);
    perAddress.merge(address, 1, Integer::sum);
    return true;
  }

  private boolean isFull(InetAddress address) {
    return open.size() >= connectionsMax
        || perAddress.getOrDefault(address, 0) >= connectionsPerAddressMax;
  }

  private void forgetClosed() {
    open.keySet().removeIf(Socket::isClosed);
    perAddress.clear();
    open.values().forEach(address -> perAddress.merge(address, 1, Integer::sum));
  }
}
