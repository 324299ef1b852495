package org.wardline.server.web;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.wardline.metrics.Metrics;
import org.wardline.server.accounts.Caller;

/**
 * Goes around every request of a listener: security headers, limits that Helidon does not have, the
 * access log and the figures. Neither log nor figures hold a path, because a path can name a
 * patient: they hold the route's pattern. Query strings appear nowhere.
 */
final class Requests {
  private static final Logger accessLog = LoggerFactory.getLogger("org.wardline.access");

  /** A request that takes longer is worth a line. */
  private static final double SLOW_SECONDS = 1;

  private static final int FULL_RETRY_SECONDS = 2;

  private final Metrics.Durations durations;
  private final Errors errors;

  Requests(Metrics metrics, Errors errors) {
    this.errors = errors;
    durations =
        metrics.histogram(
            "wardline_http_request_seconds",
            "Time to answer a request, by listener, route and class of status.",
            "listener",
            "method",
            "route",
            "status");
  }

  Filter around(String listener) {
    RequestPlaces places = new RequestPlaces();
    return (chain, request, response) -> filter(listener, places, chain, request, response);
  }

  private void filter(
      String listener,
      RequestPlaces places,
      FilterChain chain,
      RoutingRequest request,
      RoutingResponse response) {
    long start = System.nanoTime();
    SecurityHeaders.add(response::header);
    response.whenSent(() -> note(listener, request, response, start));
    RequestPlaces.Place place = places.enter(request.remotePeer().host()).orElse(null);
    if (place == null) {
      errors.send(
          request,
          response.header(HeaderValues.CONNECTION_CLOSE),
          Problem.tooMany(
              "Too many requests from this address at once. Try again.", FULL_RETRY_SECONDS));
      Body.cut(request);
      return;
    }
    try (place) {
      request.context().register(place);
      serve(chain, request, response);
    }
  }

  private void serve(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    boolean oneAtATime = request.prologue().protocolVersion().startsWith("1");
    if (request.headers().contains(HeaderNames.TRANSFER_ENCODING)) {
      // Helidon does not check the end of a chunk, so where the next request begins is uncertain.
      errors.send(
          request,
          response.header(HeaderValues.CONNECTION_CLOSE),
          Problem.invalid("Send the body with Content-Length; Transfer-Encoding is not accepted."));
      throw new CloseConnectionException("Transfer-Encoding refused");
    }
    chain.proceed();
    Body.discardRest(request);
    if (oneAtATime
        && (request.headers().contains(HeaderValues.CONNECTION_CLOSE)
            || response.headers().contains(HeaderValues.CONNECTION_CLOSE))) {
      // Helidon says "close" and goes on reading.
      throw new CloseConnectionException("closed as agreed");
    }
  }

  private void note(
      String listener, RoutingRequest request, RoutingResponse response, long startNanos) {
    String method = known(request.prologue().method().text());
    String route = request.matchingPattern().filter(pattern -> !pattern.isEmpty()).orElse("none");
    int status = response.status().code();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    durations.observe(seconds, listener, method, route, status / 100 + "xx");
    // Who did what is in the audit; the log is for whoever looks for what went wrong or slow.
    Level level = status >= 400 || seconds > SLOW_SECONDS ? Level.INFO : Level.DEBUG;
    if (accessLog.isEnabledForLevel(level)) {
      String who = request.context().get(Caller.class).map(Caller::toString).orElse("-");
      accessLog
          .atLevel(level)
          .log(
              "{} {} {} {} {} ms {}",
              listener,
              method,
              route,
              status,
              Math.round(seconds * 1e3),
              who);
    }
  }

  /** A made-up method must not make a new time series. */
  private static String known(String method) {
    return switch (method) {
      case "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS" -> method;
      default -> "other";
    };
  }
}
