package org.wardline.config;

import java.util.List;
import java.util.Map;

/**
 * What stands in the file, with the line it starts on, so that every complaint can name its line.
 */
sealed interface ConfigNode {
  int line();

  /** Text as written; {@code isNull} for a key without a value. */
  record Scalar(int line, String text, boolean isNull) implements ConfigNode {
    @Override
    public String toString() {
      return "Scalar[line=" + line + "]"; // the text may be a secret
    }
  }

  record Section(int line, Map<String, ConfigNode> entries, Map<String, Integer> keyLines)
      implements ConfigNode {}

  record Items(int line, List<ConfigNode> items) implements ConfigNode {}
}
