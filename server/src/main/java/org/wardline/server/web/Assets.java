package org.wardline.server.web;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.wardline.sms.BrowserTables;

/**
 * The console's styles, scripts and images, held in memory. Their address holds a hash over all of
 * them, {@code /assets/HASH/NAME}, so a browser keeps them for ever, a new version is fetched at
 * once, and modules may import each other by relative names.
 *
 * <p>A file belongs to the set when it is named in {@code assets/index.txt}; nothing else on the
 * class path can be reached. The tables of the text counter are made here, from those that encode.
 */
public final class Assets {
  private static final String FOLDER = "/assets/";
  private static final String INDEX = FOLDER + "index.txt";
  private static final String HTMX = "/META-INF/resources/webjars/htmx.org/2.0.10/dist/htmx.min.js";
  private static final int HASH_CHARACTERS = 16;
  private static final String FOREVER = "public, max-age=31536000, immutable";
  private static final Map<String, String> TYPES =
      Map.of(
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "woff2", "font/woff2",
          "webmanifest", "application/manifest+json");

  private final Map<String, byte[]> assets = new TreeMap<>();
  private final String hash;

  public Assets() {
    assets.put("htmx.js", read(HTMX));
    assets.put("sms-tables.js", BrowserTables.module().getBytes(StandardCharsets.US_ASCII));
    List<String> names =
        new String(read(INDEX), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();
    for (String name : names) {
      type(name);
      assets.put(name, read(FOLDER + name));
    }
    hash = hash(assets);
  }

  /** The address of one file; throws when there is no such file, so a typing error shows early. */
  public String url(String name) {
    if (!assets.containsKey(name)) {
      throw new IllegalArgumentException(
          "no asset " + name + "; add it to src/main/resources/assets/index.txt");
    }
    return FOLDER + hash + "/" + name;
  }

  void routes(HttpRules rules) {
    rules.get(FOLDER + "{hash}/{name}", this::serve);
  }

  private void serve(ServerRequest request, ServerResponse response) {
    String name = request.path().pathParameters().get("name");
    byte[] bytes = assets.get(name);
    if (bytes == null) {
      throw Problem.notFound();
    }
    response.header(HeaderNames.CONTENT_TYPE, type(name));
    // An old page may ask with the hash of the version before an upgrade: serve it, but not to
    // keep.
    boolean current = request.path().pathParameters().get("hash").equals(hash);
    response.header(HeaderNames.CACHE_CONTROL, current ? FOREVER : "no-store");
    response.status(Status.OK_200).send(bytes);
  }

  private static String type(String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1);
    String type = TYPES.get(ending);
    if (type == null) {
      throw new IllegalArgumentException("no content type known for asset " + name);
    }
    return type;
  }

  private static byte[] read(String resource) {
    try (@Nullable InputStream in = Assets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("missing on the class path: " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(Map<String, byte[]> assets) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      assets.forEach(
          (name, bytes) -> {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
          });
      return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_CHARACTERS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
