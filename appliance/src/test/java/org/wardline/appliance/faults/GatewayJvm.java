package org.wardline.appliance.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wardline.appliance.bench.Figures;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the gateway's process holds while it rests: threads, virtual ones too, by name; heap after a
 * collection; file descriptors.
 *
 * @param threads how many, by name with digits left out
 */
record GatewayJvm(Map<String, Integer> threads, int osThreads, long heapKilobytes, int files) {
  private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");
  private static final int ANSWER_SECONDS = 30;

  /** Pools may have grown to their size between two looks, and caches filled. */
  private static final int FILES_SLACK = 6;

  private static final int OS_THREADS_SLACK = 4;
  private static final long HEAP_SLACK_KILOBYTES = 6_000;

  /** Threads of the JDK and of pools, which come and go. */
  private static final Pattern COMES_AND_GOES =
      Pattern.compile(
          "|.*(ForkJoinPool|HikariPool|housekeeper|Unparker|HTTP-Dispatcher|HttpServer|Attach|process reaper|Compiler|Reference|Cleaner).*",
          Pattern.CASE_INSENSITIVE);

  static GatewayJvm of(long pid) throws IOException, InterruptedException {
    jcmd(pid, "GC.run");
    jcmd(pid, "GC.run");
    String heap = jcmd(pid, "GC.heap_info");
    long used = 0;
    Matcher matcher = USED.matcher(heap);
    while (matcher.find()) {
      used += Long.parseLong(matcher.group(1));
    }
    if (used == 0) {
      throw new IllegalStateException("jcmd says nothing about the heap: " + heap);
    }
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"));
        Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return new GatewayJvm(threads(pid), (int) tasks.count(), used, (int) files.count());
    }
  }

  private static Map<String, Integer> threads(long pid) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("wardline-threads");
    Path dump = folder.resolve("threads.json");
    try {
      jcmd(pid, "Thread.dump_to_file", "-format=json", dump.toString());
      Map<String, Integer> threads = new TreeMap<>();
      JsonNode root = new JsonMapper().readTree(Files.readString(dump));
      for (JsonNode container : root.path("threadDump").path("threadContainers")) {
        for (JsonNode thread : container.path("threads")) {
          // jSMPP's end with the session's id, which is hexadecimal.
          String name =
              thread
                  .path("name")
                  .asString()
                  .replaceAll("-[0-9a-f]{6,8}$", "")
                  .replaceAll("[0-9]+", "");
          threads.merge(name, 1, Integer::sum);
        }
      }
      return threads;
    } finally {
      Files.deleteIfExists(dump);
      Files.delete(folder);
    }
  }

  private static String jcmd(long pid, String... command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid));
    builder.command().addAll(java.util.List.of(command));
    Process process = builder.redirectErrorStream(true).start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException("jcmd " + command[0] + ": " + answer);
    }
    return answer;
  }

  /** What is different, into the figures; what must not be, into the verdict. */
  void compare(GatewayJvm before, Verdict verdict, Figures figures) {
    Map<String, Integer> change = new TreeMap<>();
    threads.forEach((name, now) -> change.put(name, now));
    before.threads().forEach((name, then) -> change.merge(name, -then, Integer::sum));
    change.values().removeIf(difference -> difference == 0);
    figures
        .put("threadsBefore", before.all())
        .put("threadsAfter", all())
        .put("threadsChanged", change)
        .put("osThreadsBefore", before.osThreads())
        .put("osThreadsAfter", osThreads)
        .put("heapKilobytesBefore", before.heapKilobytes())
        .put("heapKilobytesAfter", heapKilobytes)
        .put("filesBefore", before.files())
        .put("filesAfter", files);
    change.forEach(
        (name, difference) ->
            verdict.require(
                COMES_AND_GOES.matcher(name).matches(),
                "%d thread(s) \"%s\" %s"
                    .formatted(
                        Math.abs(difference), name, difference < 0 ? "lost" : "left behind")));
    verdict.require(
        osThreads - before.osThreads() <= OS_THREADS_SLACK,
        "%d more threads of the system".formatted(osThreads - before.osThreads()));
    verdict.require(
        heapKilobytes - before.heapKilobytes() <= HEAP_SLACK_KILOBYTES,
        "the heap grew by %d KB".formatted(heapKilobytes - before.heapKilobytes()));
    verdict.require(
        files - before.files() <= FILES_SLACK,
        "%d more file descriptors".formatted(files - before.files()));
  }

  private int all() {
    return threads.values().stream().mapToInt(Integer::intValue).sum();
  }
}
