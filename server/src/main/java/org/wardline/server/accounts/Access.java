package org.wardline.server.accounts;

import io.helidon.webserver.http.Handler;
import org.wardline.server.web.Problem;

/** Stands before every route: decides who is asking and whether they may. */
public final class Access {

  /**
   * A console route: needs a session's cookie and {@code permission}. Signed out goes to sign-in; a
   * missing permission looks like a missing page. Unsafe methods are checked against forged
   * requests.
   */
  public Handler console(String permission, CallerHandler handler) {
    return (request, response) -> {
      throw Problem.notFound();
    };
  }

  /** A REST route: needs a client's bearer token and {@code permission} among its scopes. */
  public Handler api(String permission, CallerHandler handler) {
    return (request, response) -> {
      throw Problem.notFound();
    };
  }
}
