package org.wardline.server.web;

import io.helidon.webserver.http.ServerRequest;

/** What those who check sessions and tokens tell the listener about a request. */
public final class Known {
  private Known() {}

  /** Whoever asks has shown a session or a token: larger bodies and more requests at once. */
  public static void authenticated(ServerRequest request) {
    RequestPlaces.of(request).authenticated();
  }

  /**
   * The request becomes a live stream, which lasts for hours and is limited per session: it no
   * longer counts among the requests of its address.
   */
  public static void streams(ServerRequest request) {
    RequestPlaces.of(request).close();
  }
}
