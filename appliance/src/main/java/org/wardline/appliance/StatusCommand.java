package org.wardline.appliance;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.wardline.appliance.engines.OsProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Says in words whether everything runs. */
@Command(name = "status", description = "Says whether everything runs, and what to do when not.")
final class StatusCommand implements Callable<Integer> {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int CONNECT_TIMEOUT_MS = 2_000;
  private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(20);
  private static final long MEGABYTE = 1_000_000;

  @Option(names = "--data", paramLabel = "DIR", description = Cli.DATA_HELP)
  Path data = Path.of(Cli.DATA);

  @Spec CommandSpec spec;

  private boolean allWell = true;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Path file = data.toAbsolutePath().normalize().resolve("run.json");
    if (!Files.exists(file)) {
      out.println(
          "Wardline does not run on %s. Start it: ./dev run --data %s"
              .formatted(file.getParent(), file.getParent()));
      return FAILED;
    }
    JsonNode run;
    try {
      run = JsonMapper.shared().readTree(Files.readString(file));
    } catch (IOException | JacksonException e) {
      out.println(
          "%s cannot be read. Are you the user who started Wardline? Otherwise restart it."
              .formatted(file));
      return FAILED;
    }
    for (String name : new String[] {"server", "gateway", "postgres", "cassandra"}) {
      process(out, name, run.path("pids").path(name).asLong(0));
    }
    console(out, run.path("console").asString(""));
    metrics(out, run.path("metrics").asString(""));
    health(out, run.path("metrics").asString("").replaceFirst("/metrics$", "/health"));
    out.println(
        allWell
            ? "All is well."
            : "Something is wrong; see above. Logs are in %s/logs".formatted(file.getParent()));
    return allWell ? OK : FAILED;
  }

  private void process(PrintWriter out, String name, long pid) {
    OsProcess.of(pid)
        .ifPresentOrElse(
            process ->
                out.println(
                    "%-10s runs (pid %d, %d MB)"
                        .formatted(name, pid, process.residentBytes() / MEGABYTE)),
            () ->
                wrong(
                    out,
                    "%-10s does not run. While the launcher runs it starts it again; else start Wardline"
                        .formatted(name)));
  }

  private void console(PrintWriter out, String url) {
    try (Socket socket = new Socket()) {
      URI uri = URI.create(url);
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), CONNECT_TIMEOUT_MS);
      out.println("%-10s answers at %s".formatted("console", url));
    } catch (IOException | IllegalArgumentException e) {
      wrong(out, "%-10s does not answer at %s".formatted("console", url));
    }
  }

  private void metrics(PrintWriter out, String url) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(HTTP_TIMEOUT).build();
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status == 200) {
        out.println("%-10s answer at %s".formatted("metrics", url));
      } else {
        wrong(out, "%-10s answer %d at %s".formatted("metrics", status, url));
      }
    } catch (IOException | IllegalArgumentException e) {
      wrong(out, "%-10s do not answer at %s".formatted("metrics", url));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      wrong(out, "interrupted");
    }
  }

  /** The health page in words, when it has anything to say. */
  private void health(PrintWriter out, String url) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(HEALTH_TIMEOUT).build();
      String words = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      if (words.startsWith("status: ok")) {
        out.println("%-10s ok".formatted("health"));
      } else {
        wrong(out, words.strip());
      }
    } catch (IOException | IllegalArgumentException e) {
      wrong(out, "%-10s does not answer at %s".formatted("health", url));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      wrong(out, "interrupted");
    }
  }

  private void wrong(PrintWriter out, String line) {
    allWell = false;
    out.println(line);
  }
}
