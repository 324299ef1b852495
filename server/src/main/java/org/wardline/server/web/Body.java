package org.wardline.server.web;

import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A request's body with a limit that holds whatever the headers say. */
final class Body {
  static final int BYTES_MAX = 1_000_000;

  private Body() {}

  static byte[] bytes(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    try (InputStream in = request.content().inputStream()) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw tooLarge();
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Problem tooLarge() {
    return new Problem(
        Problem.Type.TOO_LARGE,
        "The request is larger than " + BYTES_MAX + " bytes. Send less at once.");
  }
}
