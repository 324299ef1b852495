package org.wardline.server.web;

import io.helidon.http.HeaderNames;
import io.helidon.http.HttpMediaType;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads JSON into records and writes records as JSON (RFC 8259). What cannot be read becomes a
 * problem that says where and which field, and never quotes the content.
 */
public final class Json {
  private static final int DEPTH_MAX = 32;
  private static final int NAME_CHARACTERS_MAX = 256;
  private static final int NUMBER_DIGITS_MAX = 64;
  private static final int SHOWN_NAME_CHARACTERS_MAX = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxDocumentLength(Body.Kind.JSON.bytesMax())
                          .maxStringLength(Body.Kind.JSON.bytesMax())
                          .maxNameLength(NAME_CHARACTERS_MAX)
                          .maxNumberLength(NUMBER_DIGITS_MAX)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              config -> {
                config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
              })
          .build();

  private Json() {}

  /** Reads the request's body. Throws {@link Problem} with what to mend. */
  public static <T> T read(ServerRequest request, Class<T> type) {
    boolean isJson =
        request
            .headers()
            .contentType()
            .map(HttpMediaType::text)
            .filter(text -> text.startsWith("application/json"))
            .isPresent();
    if (!isJson) {
      throw Problem.invalid(
          "Send the body as JSON, with the header Content-Type: application/json.");
    }
    return read(Body.bytes(request, Body.Kind.JSON), type);
  }

  /** Reads JSON from bytes, by the same rules. */
  public static <T> T read(byte[] json, Class<T> type) {
    T value;
    try {
      value = MAPPER.readValue(json, type);
    } catch (JacksonException e) {
      throw problem(e);
    }
    if (value == null) {
      throw Problem.invalid("The body must be a JSON object, not null.");
    }
    return value;
  }

  public static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  public static void send(ServerResponse response, Status status, Object value) {
    response.status(status).header(HeaderNames.CONTENT_TYPE, "application/json").send(write(value));
  }

  private static Problem problem(JacksonException e) {
    if (e.getCause() instanceof Problem own) {
      return own;
    }
    String where = where(e.getLocation());
    return switch (e) {
      case StreamConstraintsException tooMuch ->
          Problem.invalid("The JSON is nested too deeply or holds too long a part" + where + ".");
      case StreamReadException broken ->
          Problem.invalid("The body is not proper JSON" + where + ".");
      case UnrecognizedPropertyException unknown ->
          Problem.invalid(
              "There is no field \""
                  + printable(unknown.getPropertyName())
                  + "\" here"
                  + where
                  + ". Known fields: "
                  + known(unknown)
                  + ".");
      case JacksonException whole when whole.getPath().isEmpty() ->
          Problem.invalid(
              "The body must be one JSON object with the fields of this request" + where + ".");
      default ->
          Problem.invalid(
              "The field \"" + path(e) + "\" holds the wrong kind of value" + where + ".");
    };
  }

  private static String where(@Nullable TokenStreamLocation location) {
    return location == null || location.getLineNr() < 1
        ? ""
        : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
  }

  private static String path(JacksonException e) {
    return e.getPath().stream()
        .map(
            step ->
                step.getPropertyName() == null
                    ? "[" + step.getIndex() + "]"
                    : step.getPropertyName())
        .map(Json::printable)
        .collect(Collectors.joining("."));
  }

  private static String known(UnrecognizedPropertyException e) {
    return e.getKnownPropertyIds() == null
        ? "none"
        : e.getKnownPropertyIds().stream()
            .map(String::valueOf)
            .sorted()
            .collect(Collectors.joining(", "));
  }

  /** A name from the request, fit to be shown: a name is not content, but it may be anything. */
  private static String printable(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9_.-]", "?");
    return safe.substring(0, Math.min(safe.length(), SHOWN_NAME_CHARACTERS_MAX));
  }
}
