package org.wardline.server.web;

import io.helidon.http.HttpMediaType;
import io.helidon.webserver.http.ServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of a posted form ({@code application/x-www-form-urlencoded}), read once per request.
 */
public final class Form {
  private static final int FIELDS_MAX = 200;

  private final Map<String, List<String>> fields;

  private Form(Map<String, List<String>> fields) {
    this.fields = fields;
  }

  /** Reads the form; asking again gives the same one. */
  public static Form of(ServerRequest request) {
    return request
        .context()
        .get(Form.class)
        .orElseGet(
            () -> {
              Form form = read(request);
              request.context().register(form);
              return form;
            });
  }

  private static Form read(ServerRequest request) {
    boolean isForm =
        request
            .headers()
            .contentType()
            .map(HttpMediaType::text)
            .filter(type -> type.startsWith("application/x-www-form-urlencoded"))
            .isPresent();
    return isForm
        ? parse(new String(Body.bytes(request, Body.Kind.FORM), StandardCharsets.UTF_8))
        : new Form(Map.of());
  }

  static Form parse(String body) {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    String[] pairs = body.isEmpty() ? new String[0] : body.split("&", FIELDS_MAX + 1);
    if (pairs.length > FIELDS_MAX) {
      throw Problem.invalid("The form has more than " + FIELDS_MAX + " fields.");
    }
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      fields.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }
    return new Form(fields);
  }

  private static String decode(String encoded) {
    try {
      return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("The form is not properly encoded.");
    }
  }

  /** The field's text as typed, or the empty string when the form has no such field. */
  public String text(String name) {
    List<String> values = fields.get(name);
    return values == null ? "" : values.getFirst();
  }

  /** The field's text without spaces around it. */
  public String trimmed(String name) {
    return text(name).strip();
  }

  /** Every value of a field that may be there several times. */
  public List<String> all(String name) {
    return fields.getOrDefault(name, List.of());
  }

  public boolean has(String name) {
    return fields.containsKey(name);
  }

  @Override
  public String toString() {
    return "Form[redacted]";
  }
}
