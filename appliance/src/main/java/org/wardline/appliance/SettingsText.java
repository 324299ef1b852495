package org.wardline.appliance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardline.config.PrivateFile;

/**
 * A settings file of two levels, edited line by line: the launcher fills in what it alone knows
 * (the engines' ports, encrypted passwords) and leaves everything a person wrote there as it is,
 * mistakes included, for the program that reads the file to complain about with the right line.
 */
final class SettingsText {
  private static final String INDENT = "  ";

  private final Path file;
  private final List<String> lines;

  private SettingsText(Path file, List<String> lines) {
    this.file = file;
    this.lines = lines;
  }

  static SettingsText of(Path file, String header) throws IOException {
    List<String> lines =
        Files.exists(file) ? Files.readAllLines(file) : List.of(header.split("\n"));
    return new SettingsText(file, new ArrayList<>(lines));
  }

  /**
   * The value as written, without quotes' meaning: enough for numbers and for what {@link #set}
   * wrote.
   */
  Optional<String> get(String section, String key) {
    int line = find(section, key);
    if (line < 0) {
      return Optional.empty();
    }
    String value =
        lines.get(line).strip().substring(key.length() + 1).replaceFirst("\\s+#.*$", "").strip();
    return Optional.of(value);
  }

  void setIfMissing(String section, String key, String value) {
    if (find(section, key) < 0) {
      set(section, key, value);
    }
  }

  void set(String section, String key, String value) {
    String text = INDENT + key + ": " + value;
    int line = find(section, key);
    if (line >= 0) {
      lines.set(line, text);
      return;
    }
    int head = head(section);
    if (head < 0) {
      lines.add(section + ":");
      lines.add(text);
      return;
    }
    lines.add(end(head), text);
  }

  /** A key outside all sections. */
  Optional<String> getTop(String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key + ":"))
        .map(line -> line.substring(key.length() + 1).replaceFirst("\\s+#.*$", "").strip())
        .findFirst();
  }

  void setTop(String key, String value) {
    String text = key + ": " + value;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(key + ":")) {
        lines.set(i, text);
        return;
      }
    }
    lines.add(text);
  }

  void setTopIfMissing(String key, String value) {
    if (getTop(key).isEmpty()) {
      setTop(key, value);
    }
  }

  void write() throws IOException {
    PrivateFile.write(file, String.join("\n", lines) + "\n");
  }

  private int head(String section) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).matches(section + ":\\s*(#.*)?")) {
        return i;
      }
    }
    return -1;
  }

  /** The line after the section's last one. */
  private int end(int head) {
    int last = head;
    for (int i = head + 1; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith(" ")) {
        last = i;
      } else if (!line.isBlank() && !line.startsWith("#")) {
        break;
      }
    }
    return last + 1;
  }

  private int find(String section, String key) {
    int head = head(section);
    if (head >= 0) {
      for (int i = head + 1; i < end(head); i++) {
        if (lines.get(i).matches("\\s+" + key + ":(\\s.*)?")) {
          return i;
        }
      }
    }
    return -1;
  }
}
