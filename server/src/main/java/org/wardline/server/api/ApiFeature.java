package org.wardline.server.api;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Serves the contract of the REST interface; the features serve the interface itself. */
public final class ApiFeature {
  private static final String CONTRACT = "/org/wardline/server/api/openapi.yaml";

  private final byte[] contract;

  public ApiFeature() {
    try (InputStream in = ApiFeature.class.getResourceAsStream(CONTRACT)) {
      if (in == null) {
        throw new IllegalStateException("missing on the class path: " + CONTRACT);
      }
      contract = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void routes(HttpRules rules) {
    rules.get(
        "/api/v1/openapi.yaml",
        (request, response) ->
            response.header(HeaderNames.CONTENT_TYPE, "application/yaml").send(contract));
  }
}
