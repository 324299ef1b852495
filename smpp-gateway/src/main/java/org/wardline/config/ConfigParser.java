package org.wardline.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * Reads YAML into {@link ConfigNode}s. Jackson's own tree is not used because it forgets the lines.
 */
final class ConfigParser {
  private static final int MAX_BYTES = 1024 * 1024;
  private static final int MAX_DEPTH = 20;

  private final String name;
  private final String text;
  private final List<ConfigProblem> problems;

  /**
   * @param name what to call it in complaints
   */
  ConfigParser(String name, String text, List<ConfigProblem> problems) {
    this.name = name;
    this.text = text;
    this.problems = problems;
  }

  static ConfigParser ofFile(Path file, List<ConfigProblem> problems) {
    return new ConfigParser(file.toString(), read(file), problems);
  }

  ConfigNode.Section parse() {
    YAMLFactory yaml =
        YAMLFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();
    try (JsonParser parser = yaml.createParser(ObjectReadContext.empty(), text)) {
      JsonToken first = parser.nextToken();
      if (first == null || first == JsonToken.VALUE_NULL) {
        return new ConfigNode.Section(1, Map.of(), Map.of());
      }
      ConfigNode node = node(parser, first);
      if (node instanceof ConfigNode.Section section) {
        return section;
      }
      throw new ConfigException(
          "%s, line %d: the file must hold keys with values, such as \"database:\"."
              .formatted(name, node.line()));
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
      throw new ConfigException(
          "%s, line %d: not readable as YAML. Check the indentation (spaces, no tabs), colons and quotes there."
              .formatted(name, line));
    }
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new ConfigException(
            "%s is larger than %d bytes; that is no configuration.".formatted(file, MAX_BYTES));
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException("The configuration file %s is missing.".formatted(file));
    } catch (IOException e) {
      throw new ConfigException(
          "The configuration file %s cannot be read: %s.".formatted(file, e.getMessage()));
    }
  }

  private ConfigNode node(JsonParser parser, JsonToken token) {
    int line = parser.currentTokenLocation().getLineNr();
    return switch (token) {
      case START_OBJECT -> section(parser, line);
      case START_ARRAY -> items(parser, line);
      default -> new ConfigNode.Scalar(line, parser.getString(), token == JsonToken.VALUE_NULL);
    };
  }

  private ConfigNode.Section section(JsonParser parser, int line) {
    Map<String, ConfigNode> entries = new LinkedHashMap<>();
    Map<String, Integer> keyLines = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      int keyLine = parser.currentTokenLocation().getLineNr();
      Integer earlier = keyLines.putIfAbsent(key, keyLine);
      if (earlier != null) {
        problems.add(
            new ConfigProblem(
                keyLine, "\"%s\" is already set on line %d.".formatted(key, earlier)));
      }
      entries.put(key, node(parser, parser.nextToken()));
    }
    return new ConfigNode.Section(line, entries, keyLines);
  }

  private ConfigNode.Items items(JsonParser parser, int line) {
    List<ConfigNode> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(node(parser, token));
    }
    return new ConfigNode.Items(line, items);
  }
}
