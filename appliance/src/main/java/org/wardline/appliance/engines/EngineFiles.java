package org.wardline.appliance.engines;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The engines' configuration templates and what their start-up logs say. */
final class EngineFiles {
  private static final int TAIL_BYTES = 64 * 1024;

  private EngineFiles() {}

  static String resource(String name) {
    try (InputStream in = EngineFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("Resource missing: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Replaces each {@code @NAME@}; a name left over is a mistake of ours. */
  static String filled(String resource, Map<String, String> values) {
    String text = resource(resource);
    for (Map.Entry<String, String> value : values.entrySet()) {
      text = text.replace("@" + value.getKey() + "@", value.getValue());
    }
    if (text.lines()
        .filter(line -> !line.startsWith("#"))
        .anyMatch(line -> line.matches(".*@[A-Z_]+@.*"))) {
      throw new IllegalStateException("A name is not filled in: " + resource);
    }
    return text;
  }

  /** The last fitting line of a log after the given byte, of its last 64 KB at most. */
  static Optional<String> lastLine(Path log, long from, Predicate<String> fitting) {
    if (!Files.isRegularFile(log)) {
      return Optional.empty();
    }
    try (var channel = Files.newByteChannel(log)) {
      long start = from > channel.size() ? 0 : from; // shorter than before: it was rotated
      channel.position(Math.max(start, channel.size() - TAIL_BYTES));
      var bytes = java.nio.ByteBuffer.allocate(TAIL_BYTES);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // read on
      }
      List<String> lines =
          new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).lines().toList();
      return lines.reversed().stream().filter(fitting).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
