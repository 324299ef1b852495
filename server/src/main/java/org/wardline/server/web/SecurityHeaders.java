package org.wardline.server.web;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.util.List;
import java.util.function.Consumer;

/** What every answer tells the browser not to do, on every listener and for every error. */
final class SecurityHeaders {
  private static final Header NO_STORE = HeaderValues.create(HeaderNames.CACHE_CONTROL, "no-store");

  private static final List<Header> ALL =
      List.of(
          HeaderValues.create(
              "Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                  + " connect-src 'self'; form-action 'self'; frame-ancestors 'none';"
                  + " base-uri 'none'"),
          HeaderValues.create("Strict-Transport-Security", "max-age=31536000"),
          HeaderValues.create("X-Content-Type-Options", "nosniff"),
          HeaderValues.create("X-Frame-Options", "DENY"),
          // Not no-referrer: browsers would then send "Origin: null" with every form, which Csrf
          // refuses.
          HeaderValues.create("Referrer-Policy", "same-origin"),
          HeaderValues.create("Cross-Origin-Opener-Policy", "same-origin"),
          HeaderValues.create("Cross-Origin-Resource-Policy", "same-origin"),
          HeaderValues.create(
              "Permissions-Policy",
              "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(),"
                  + " magnetometer=(), microphone=(), midi=(), payment=(), usb=()"),
          NO_STORE);

  private SecurityHeaders() {}

  /** Adds all of them; a handler may replace {@code Cache-Control} afterwards. */
  static void add(Consumer<Header> headers) {
    ALL.forEach(headers);
  }
}
