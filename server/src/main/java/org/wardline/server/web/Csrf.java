package org.wardline.server.web;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;

/**
 * Refuses unsafe requests that another site made the browser send. Three independent guards: the
 * cookie is {@code SameSite=Strict}, the browser's own word about where the request came from
 * ({@code Sec-Fetch-Site}, else {@code Origin}), and a secret of the session that only our pages
 * hold: form field {@code _csrf} or header {@code X-CSRF-Token}.
 */
public final class Csrf {
  /** Name of the hidden form field. */
  public static final String FIELD = "_csrf";

  private static final HeaderName TOKEN = HeaderNames.create("X-CSRF-Token");
  private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

  private Csrf() {}

  /** Checks a request that a session's cookie came with. Safe methods always pass. */
  public static void check(ServerRequest request, String token) {
    if (SAFE_METHODS.contains(request.prologue().method().text())) {
      return;
    }
    checkOrigin(request);
    String given = request.headers().value(TOKEN).orElseGet(() -> Form.of(request).text(FIELD));
    boolean equal =
        !token.isEmpty()
            && MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    if (!equal) {
      throw refused();
    }
  }

  /** The part that works before there is a session: sign-in. */
  public static void checkOrigin(ServerRequest request) {
    Headers headers = request.headers();
    if (headers.value(FETCH_SITE).filter(site -> !site.equals("same-origin")).isPresent()) {
      throw refused();
    }
    String own = "https://" + request.authority();
    if (headers.value(HeaderNames.ORIGIN).filter(origin -> !origin.equals(own)).isPresent()) {
      throw refused();
    }
  }

  private static Problem refused() {
    return new Problem(
        Problem.Type.FORBIDDEN,
        "This request did not come from an open Wardline page. Reload the page and try again;"
            + " nothing was changed.");
  }
}
