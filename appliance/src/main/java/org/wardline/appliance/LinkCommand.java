package org.wardline.appliance;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code wardline link …}: what the console's page about links can do. */
@Command(
    name = "link",
    description = "Shows and steers the links to carriers.",
    subcommands = HelpCommand.class)
final class LinkCommand implements Runnable {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int NOT_FOUND = 404;
  private static final Duration LOOK = Duration.ofMillis(500);

  @Option(
      names = "--data",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = Cli.DATA_HELP)
  Path data = Path.of(Cli.DATA);

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print what the server says, as JSON.")
  boolean json;

  @Spec CommandSpec spec;

  private final Clock clock = Clock.systemUTC();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Say what to do: list, show, add, pause, resume, drain, remove, test or route.");
  }

  @Command(description = "All links, and the texts that wait.")
  int list() {
    JsonNode found = good(api -> api.get("/links")).body();
    return print(
        found,
        () -> {
          if (found.path("items").isEmpty()) {
            out("There is no link. Add one: wardline link add NAME --set host=… --set system-id=…");
          } else {
            LinkTable.links(found.path("items"), clock.instant()).forEach(this::out);
          }
          out("");
          LinkTable.waiting(found.path("waiting")).forEach(this::out);
          LinkTable.stranded(found.path("stranded")).forEach(this::out);
        });
  }

  @Command(description = "One link in full.")
  int show(@Parameters(paramLabel = "NAME") String name) {
    JsonNode found = good(api -> api.get("/links/" + safe(name))).body();
    return print(found, () -> LinkTable.one(found, clock.instant()).forEach(this::out));
  }

  @Command(
      description = {
        "Adds a link, or gives one that was added before other settings. It runs at once.",
        "A link that is there keeps its password when none is given; its other settings are replaced."
      })
  int add(
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = "--set",
              paramLabel = "KEY=VALUE",
              description = "A setting as under links: in gateway.yaml; lists with commas.")
          @Nullable Map<String, String> sets,
      @Option(
              names = "--password-file",
              paramLabel = "FILE",
              description = "Holds the password alone; - reads it from standard input.")
          @Nullable Path passwordFile,
      @Option(names = "--file", paramLabel = "FILE", description = "Settings as YAML.")
          @Nullable Path file) {
    Map<String, String> given = sets == null ? new HashMap<>() : sets;
    if (given.containsKey("password")) {
      throw usage("Other users see a command's words: give the password with --password-file.");
    }
    LinkSettingsText settings =
        new LinkSettingsText(
            file == null ? "" : read(file),
            given,
            Optional.ofNullable(passwordFile).map(LinkCommand::password));
    try (Api api = Api.of(data)) {
      Api.Answer before = api.get("/links/" + safe(name));
      boolean known = before.isGood() && before.body().has("settings");
      settings
          .mistakes(name, known)
          .ifPresent(
              mistakes -> {
                throw usage(mistakes);
              });
      Api.Answer put = api.put("/links/" + name, Map.of("settings", settings.text()));
      return told(put, known ? "changed" : "added", name);
    }
  }

  @Command(description = "Stay connected and receive, but send nothing.")
  int pause(@Parameters(paramLabel = "NAME") String name) {
    return want(name, "pause", "paused");
  }

  @Command(description = "Send and receive again, after a pause or a drain.")
  int resume(@Parameters(paramLabel = "NAME") String name) {
    return want(name, "resume", "sends again");
  }

  @Command(description = "Take no new text, let those under way end, disconnect.")
  int drain(@Parameters(paramLabel = "NAME") String name) {
    return want(name, "drain", "is being taken out of service");
  }

  @Command(description = "Drain the link, then forget it with its settings.")
  int remove(@Parameters(paramLabel = "NAME") String name) {
    return want(name, "remove", "is being removed");
  }

  private int want(String name, String act, String words) {
    try (Api api = Api.of(data)) {
      return told(api.post("/links/" + safe(name) + "/" + act), words, name);
    }
  }

  @Command(
      description = {
        "Sends a test text to a phone of yours through this link and waits for what becomes of it.",
        "Exit code 0 once the carrier says that the phone has it."
      })
  int test(
      @Parameters(paramLabel = "NAME") String name,
      @Parameters(paramLabel = "NUMBER") String number,
      @Option(names = "--line", paramLabel = "LINE", description = "Whose number it comes from.")
          @Nullable String line,
      @Option(
              names = "--wait",
              paramLabel = "SECONDS",
              defaultValue = "60",
              description = "How long to wait. Default: ${DEFAULT-VALUE}")
          int waitSeconds)
      throws InterruptedException {
    try (Api api = Api.of(data)) {
      Api.Answer sent =
          checked(api.post("/links/" + safe(name) + "/test", toAndLine(number, line)));
      String path = "/links/" + name + "/tests/" + sent.body().path("id").asString();
      long deadline = System.nanoTime() + Duration.ofSeconds(waitSeconds).toNanos();
      String shown = "";
      while (true) {
        JsonNode now = checked(api.get(path)).body();
        String state = now.path("state").asString();
        boolean over = !List.of("queued", "submitting", "sent").contains(state);
        boolean late = System.nanoTime() >= deadline;
        if (!json && !state.equals(shown)) {
          String detail = now.path("detail").asString("");
          out(state + (detail.isEmpty() ? "" : ": " + detail));
          shown = state;
        }
        if (over || late) {
          if (json) {
            out(now.toPrettyString());
          } else if (!over) {
            out("No report of its end within " + waitSeconds + " s.");
          }
          return state.equals("delivered") ? OK : FAILED;
        }
        Thread.sleep(LOOK);
      }
    }
  }

  @Command(description = "Which links a text to this number would take, and why.")
  int route(
      @Parameters(paramLabel = "NUMBER", description = "Or its beginning, such as +1312.")
          String number,
      @Option(names = "--line", paramLabel = "LINE", description = "Default: the first line.")
          @Nullable String line) {
    JsonNode found = good(api -> api.post("/routes", toAndLine(number, line))).body();
    int printed = print(found, () -> LinkTable.ways(found).forEach(this::out));
    return found.path("ways").isEmpty() ? FAILED : printed;
  }

  private static Map<String, Object> toAndLine(String number, @Nullable String line) {
    Map<String, Object> body = new LinkedHashMap<>(Map.of("to", number));
    if (line != null) {
      body.put("line", line);
    }
    return body;
  }

  private interface Asking {
    Api.Answer of(Api api);
  }

  private Api.Answer good(Asking asking) {
    try (Api api = Api.of(data)) {
      return checked(asking.of(api));
    }
  }

  private static Api.Answer checked(Api.Answer answer) {
    if (answer.isGood()) {
      return answer;
    }
    throw new CommandFailed(
        answer.status() == NOT_FOUND
            ? "There is no such link. wardline link list shows all."
            : answer.words());
  }

  private int told(Api.Answer answer, String words, String name) {
    checked(answer);
    return print(answer.body(), () -> out("Link " + name + " " + words + "."));
  }

  private int print(JsonNode found, Runnable table) {
    if (json) {
      out(found.toPrettyString());
    } else {
      table.run();
    }
    return OK;
  }

  private void out(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  private ParameterException usage(String words) {
    return new ParameterException(spec.commandLine(), words);
  }

  /** A name goes into an address. */
  private String safe(String name) {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,31}")) {
      throw usage("A link's name has 1 to 32 small letters, digits and dashes.");
    }
    return name;
  }

  private static String password(Path file) {
    return file.toString().equals("-") ? readInput() : read(file).strip();
  }

  private static String readInput() {
    try {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new CommandFailed("Standard input cannot be read.");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new CommandFailed(file + " cannot be read.");
    }
  }
}
