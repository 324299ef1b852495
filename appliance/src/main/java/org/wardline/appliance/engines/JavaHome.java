package org.wardline.appliance.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the Java 17 that Cassandra 5.0 needs; it does not start on later ones. */
public final class JavaHome {
  /** Set by {@code ./dev} when it found one elsewhere. */
  public static final String VARIABLE = "WARDLINE_JAVA17_HOME";

  private JavaHome() {}

  /** Looks at the variable, then {@code JAVA_HOME}, then under {@code /usr/lib/jvm}. */
  public static Path of17(Map<String, String> environment, Path installed) {
    return Stream.of(VARIABLE, "JAVA_HOME")
        .flatMap(name -> Optional.ofNullable(environment.get(name)).stream())
        .map(Path::of)
        .filter(JavaHome::is17)
        .findFirst()
        .or(() -> children(installed).stream().filter(JavaHome::is17).findFirst())
        .orElseThrow(
            () ->
                new EngineException(
                    "Cassandra needs Java 17 and none is in JAVA_HOME or under %s. Run: apt-get install openjdk-17-jre-headless (Debian 12); Debian 13 has none: temurin-17-jre from adoptium.net, or any Java 17 runtime named in %s"
                        .formatted(installed, VARIABLE)));
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static boolean is17(Path home) {
    Path release = home.resolve("release");
    if (!Files.isExecutable(home.resolve("bin").resolve("java"))) {
      return false;
    }
    try (Stream<String> lines = Files.lines(release)) {
      return lines.anyMatch(line -> line.startsWith("JAVA_VERSION=\"17"));
    } catch (IOException e) {
      return false;
    }
  }
}
