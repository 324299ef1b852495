package org.wardline.server.web;

import io.helidon.webserver.http.ServerRequest;
import java.util.List;

/** The parameters behind the question mark of an address. */
public final class Parameters {
  private Parameters() {}

  /**
   * Refuses a request with a parameter that the route does not know: a filter that is misspelt, or
   * that there is not, would otherwise bring everybody's texts. Neither name nor value is quoted,
   * because either can be a number or a patient's name.
   */
  public static void only(ServerRequest request, String... known) {
    List<String> names = List.of(known);
    if (!names.containsAll(request.query().names())) {
      throw Problem.invalid(
          "The address has a parameter that is not known here. "
              + (names.isEmpty()
                  ? "This list takes no parameters."
                  : "This list takes: " + String.join(", ", names) + "."));
    }
  }
}
