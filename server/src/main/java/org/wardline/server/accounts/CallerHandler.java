package org.wardline.server.accounts;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/**
 * Answers a request whose caller is known and holds the permission that the route was declared
 * with.
 */
@FunctionalInterface
public interface CallerHandler {
  void handle(Caller caller, ServerRequest request, ServerResponse response) throws Exception;
}
