package org.wardline.appliance;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the command decides by itself; {@code LinksIT} runs it against a whole Wardline. */
class LinkCommandTest {
  @TempDir Path dir = Path.of("");

  private record Result(int exit, String out, String err) {}

  private Result run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Cli.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exit = line.execute(words);
    return new Result(exit, out.toString(), err.toString());
  }

  @Test
  void nothing_that_runs_is_a_failure_in_words() {
    Result list = run("link", "list", "--data", dir.toString());

    assertThat(list.exit()).isEqualTo(1);
    assertThat(list.err()).contains("Wardline does not run on").doesNotContain("\tat ");
  }

  @Test
  void wrong_usage_says_what_is_right() {
    assertThat(run("link").exit()).isEqualTo(2);
    assertThat(run("link", "nonsense").exit()).isEqualTo(2);
    assertThat(run("link", "pause").exit()).isEqualTo(2);
    Result password = run("link", "add", "x", "--set", "password=open", "--data", dir.toString());
    assertThat(password.exit()).isEqualTo(2);
    assertThat(password.err()).contains("--password-file").doesNotContain("open\n");
  }

  @Test
  void every_command_says_how_it_is_used() {
    everyCommand(Cli.commandLine(), List.of());
  }

  private void everyCommand(CommandLine command, List<String> path) {
    if (path.equals(List.of("help")) || path.equals(List.of("link", "help"))) {
      return;
    }
    String usage = "Usage: wardline" + path.stream().map(" "::concat).collect(joining());
    Result asked = run(with(path, "--help"));
    assertThat(asked.exit()).as("%s", path).isZero();
    assertThat(asked.out()).startsWith(usage);
    if (!path.isEmpty()) {
      List<String> words = new ArrayList<>(path);
      words.addFirst("help");
      Result help = run(words.toArray(String[]::new));
      assertThat(help.exit()).as("%s", words).isZero();
      assertThat(help.out()).isEqualTo(asked.out());
    }
    command.getSubcommands().forEach((name, next) -> everyCommand(next, List.of(with(path, name))));
  }

  private static String[] with(List<String> path, String word) {
    return Stream.concat(path.stream(), Stream.of(word)).toArray(String[]::new);
  }

  @Test
  void help_for_a_command_that_there_is_not_is_wrong_usage() {
    assertThat(run("help", "link", "nonsense").exit()).isEqualTo(2);
    assertThat(run("link", "help", "route").out()).startsWith("Usage: wardline link route");
  }

  @Test
  void the_default_shown_is_not_the_folder_that_was_given() {
    assertThat(run("link", "nonsense", "--data", "given-folder").err())
        .doesNotContain("given-folder");
    Result wrong = run("link", "--data", "given-folder");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("Default: .wardline").doesNotContain("given-folder");
    for (String[] words :
        List.of(
            new String[] {"link", "show", "--data", "given-folder"},
            new String[] {"link", "add", "x", "--set", "password=p", "--data", "given-folder"},
            new String[] {"link", "list", "--data", "given-folder", "--nonsense"})) {
      assertThat(run(words).err()).contains("Default: .wardline").doesNotContain("given-folder");
    }
    assertThat(run("status", "--data", "given-folder", "--help").out())
        .contains("Default: .wardline")
        .doesNotContain("given-folder");
  }

  @Test
  void options_become_the_gateways_own_yaml() {
    LinkSettingsText text =
        new LinkSettingsText(
            "receipts: per-text",
            Map.of("host", "smsc.example", "lines", "main,billing", "system-id", "0123"),
            Optional.of("a\"b"));

    assertThat(text.text())
        .startsWith("receipts: per-text\n")
        .contains("host: \"smsc.example\"\n", "lines: [\"main\", \"billing\"]\n")
        .contains("system-id: \"0123\"\n", "password: \"a\\\"b\"\n");
    assertThat(text.mistakes("extra", false)).isEmpty();
  }

  @Test
  void every_mistake_is_found_before_anything_is_sent() {
    LinkSettingsText text =
        new LinkSettingsText("windoww: 4\n", Map.of("port", "x"), Optional.empty());

    assertThat(text.mistakes("extra", false).orElseThrow())
        .contains("line 1: unknown key \"windoww\". Did you mean \"window\"?")
        .contains("\"port\" must be", "\"host\" is missing", "\"password\" is missing");
    assertThat(text.mistakes("extra", true).orElseThrow()).doesNotContain("password");
  }

  @Test
  void one_link_says_since_when_somebody_has_wanted_what_it_does() {
    JsonNode link =
        JsonMapper.shared()
            .readTree(
                """
                {"name":"first","want":"run","changedBy":"ines","changedAt":"2026-11-21T10:04:00Z",
                 "standing":"Connected","since":"2026-11-21T10:00:00Z"}
                """);

    assertThat(LinkTable.one(link, Instant.parse("2026-11-21T10:05:00Z")))
        .anySatisfy(line -> assertThat(line).contains("run, says ines, for 60 s"));
  }

  @Test
  void tables_line_up_and_keep_what_matters() {
    JsonNode items =
        JsonMapper.shared()
            .readTree(
                """
                [{"name":"first","want":"run","standing":"Connected","since":"2026-11-21T10:00:00Z",
                  "status":{"peer":"smsc.example:2775","perSecond":12.3,"inFlight":3,"window":10,"lines":[]}},
                 {"name":"new-one","want":"run","standing":"Not taken up yet"}]
                """);

    JsonNode stranded =
        JsonMapper.shared()
            .readTree(
                """
                [{"line":"billing","prefix":"+44","waiting":3,"oldestSeconds":300},
                 {"line":"main","prefix":"@old","waiting":1,"oldestSeconds":5}]
                """);
    assertThat(LinkTable.stranded(stranded))
        .contains(
            "No link carries 3 of line billing to +44…; the oldest has waited for 5 min.",
            "No link carries 1 of line main for link old alone; the oldest has waited for 5 s.");
    assertThat(LinkTable.stranded(JsonMapper.shared().createArrayNode())).isEmpty();
    assertThat(LinkTable.links(items, Instant.parse("2026-11-21T10:05:00Z")))
        .containsExactly(
            "LINK     STANDING          SINCE  WANTED  CARRIER            SEG/S  WINDOW  LINES",
            "first    Connected         5 min  run     smsc.example:2775  12     3/10    all",
            "new-one  Not taken up yet  -      run     -                  0.0    0/0     all");
  }
}
