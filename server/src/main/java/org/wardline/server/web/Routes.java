package org.wardline.server.web;

import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRoute;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Collects routes for one listener and remembers them, so that a known address with the wrong
 * method is answered 405 with {@code Allow} (RFC 9110 §15.5.6) instead of 404.
 */
final class Routes implements HttpRules {
  private static final List<Method> METHODS =
      List.of(Method.GET, Method.POST, Method.PUT, Method.PATCH, Method.DELETE);

  private final HttpRouting.Builder routing;
  private final List<HttpRoute> routes = new ArrayList<>();

  Routes(HttpRouting.Builder routing) {
    this.routing = routing;
  }

  @Override
  public HttpRules route(HttpRoute route) {
    routes.add(route);
    routing.route(route);
    return this;
  }

  @Override
  public HttpRules register(HttpService... services) {
    throw new UnsupportedOperationException("add each route with get, post, put, patch or delete");
  }

  @Override
  public HttpRules register(String pathPattern, HttpService... services) {
    return register(services);
  }

  /** What to answer when no route took the request. */
  RuntimeException refusal(ServerRequest request) {
    HttpPrologue asked = request.prologue();
    String allowed =
        METHODS.stream()
            .filter(
                method -> routes.stream().anyMatch(r -> r.accepts(with(asked, method)).accepted()))
            .map(Method::text)
            .collect(Collectors.joining(", "));
    return allowed.isEmpty()
        ? Problem.notFound()
        : new HttpException("method", Status.METHOD_NOT_ALLOWED_405, true)
            .header(io.helidon.http.HeaderValues.create(HeaderNames.ALLOW, allowed));
  }

  private static HttpPrologue with(HttpPrologue asked, Method method) {
    return HttpPrologue.create(
        asked.rawProtocol(),
        asked.protocol(),
        asked.protocolVersion(),
        method,
        asked.uriPath(),
        asked.query(),
        asked.fragment());
  }
}
