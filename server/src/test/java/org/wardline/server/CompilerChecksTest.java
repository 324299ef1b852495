package org.wardline.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Proves that Error Prone and NullAway are awake: compiles a file that is wrong on purpose with the
 * very arguments of the parent's pom and expects each complaint.
 */
class CompilerChecksTest {
  private static final Path PROBE =
      Path.of("src/probe/java/org/wardline/probe/MustNotCompile.java");

  @TempDir Path out;

  @Test
  void the_checks_of_the_build_catch_what_is_wrong_on_purpose() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "javac").toString());
    Files.readString(Path.of("../.mvn/jvm.config"))
        .lines()
        .filter(line -> line.startsWith("--add-"))
        .forEach(line -> command.add("-J" + line));
    command.addAll(List.of("--release", "25", "-d", out.toString()));
    command.addAll(compilerArguments());
    command.addAll(
        List.of(
            "-processorpath",
            System.getProperty("java.class.path"),
            "-classpath",
            System.getProperty("java.class.path"),
            PROBE.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(words).isNotZero();
    assertThat(words)
        .contains("[NullAway]")
        .contains("[JavaTimeDefaultTimeZone]")
        .contains("[SelfEquals]");
    try (Stream<Path> made = Files.walk(out)) {
      assertThat(made.filter(Files::isRegularFile)).isEmpty();
    }
  }

  /** The arguments of maven-compiler-plugin in the parent's pom, outside of profiles. */
  private static List<String> compilerArguments()
      throws IOException, ParserConfigurationException, SAXException {
    Element pom =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(Path.of("../pom.xml").toFile())
            .getDocumentElement();
    NodeList lists = pom.getElementsByTagName("compilerArgs");
    Element first = (Element) Objects.requireNonNull(lists.item(0));
    NodeList arguments = first.getElementsByTagName("arg");
    List<String> words = new ArrayList<>();
    for (int i = 0; i < arguments.getLength(); i++) {
      words.add(arguments.item(i).getTextContent());
    }
    assertThat(words).anyMatch(word -> word.startsWith("-Xplugin:ErrorProne"));
    return words;
  }
}
