package org.wardline.server.web;

import io.helidon.webserver.http.ServerRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How many requests are under way on one listener, in all and from one address, so that nobody on
 * the network can take the places of everybody. Until {@link Place#authenticated} says otherwise a
 * request is a stranger's: strangers get few places, and fewer still for requests with a body.
 */
final class RequestPlaces {
  /** For one address, strangers and others together. */
  static final int PER_ADDRESS_MAX = 600;

  /**
   * A program with hundreds of connections is a stranger for the moment that its token is looked
   * up, so this is not small; what strangers can hold for long, bodies, is.
   */
  static final int STRANGERS_PER_ADDRESS_MAX = 400;

  static final int STRANGERS_MAX = 1_000;
  static final int STRANGERS_BODIES_PER_ADDRESS_MAX = 16;
  static final int STRANGERS_BODIES_MAX = 128;

  private static final class Count {
    private int all;
    private int strangers;
    private int bodies;
  }

  private final Map<String, Count> addresses = new HashMap<>();
  private final Count total = new Count();

  /** A place for a request that has just come, or nothing when there is none. */
  synchronized Optional<Place> enter(String address) {
    Count own = addresses.getOrDefault(address, new Count());
    if (own.all >= PER_ADDRESS_MAX
        || own.strangers >= STRANGERS_PER_ADDRESS_MAX
        || total.strangers >= STRANGERS_MAX) {
      return Optional.empty();
    }
    addresses.put(address, own);
    own.all++;
    own.strangers++;
    total.all++;
    total.strangers++;
    return Optional.of(new Place(address, own));
  }

  /** How many requests are under way. */
  synchronized int taken() {
    return total.all;
  }

  /** The place that {@code request} holds. */
  static Place of(ServerRequest request) {
    return request
        .context()
        .get(Place.class)
        .orElseThrow(() -> new IllegalStateException("a request without a place"));
  }

  /** One request's place. Closing it gives it back, with whatever was counted for it. */
  final class Place implements AutoCloseable {
    private final String address;
    private final Count own;
    private boolean counted = true;
    private boolean stranger = true;
    private boolean body;

    private Place(String address, Count own) {
      this.address = address;
      this.own = own;
    }

    boolean isStranger() {
      synchronized (RequestPlaces.this) {
        return stranger;
      }
    }

    /** Whoever asks has shown a session or a token. */
    void authenticated() {
      synchronized (RequestPlaces.this) {
        if (stranger && counted) {
          own.strangers--;
          total.strangers--;
        }
        stranger = false;
      }
    }

    /** Takes one of the few places for bodies of strangers; false when there is none. */
    boolean takeBody() {
      synchronized (RequestPlaces.this) {
        if (own.bodies >= STRANGERS_BODIES_PER_ADDRESS_MAX
            || total.bodies >= STRANGERS_BODIES_MAX) {
          return false;
        }
        body = true;
        own.bodies++;
        total.bodies++;
        return true;
      }
    }

    @Override
    public void close() {
      synchronized (RequestPlaces.this) {
        if (!counted) {
          return;
        }
        authenticated();
        counted = false;
        own.all--;
        total.all--;
        if (body) {
          own.bodies--;
          total.bodies--;
        }
        if (own.all == 0) {
          addresses.remove(address);
        }
      }
    }
  }
}
