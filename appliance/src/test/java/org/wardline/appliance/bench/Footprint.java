package org.wardline.appliance.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardline.appliance.RestClient;
import org.wardline.appliance.RunningWardline;
import tools.jackson.databind.json.JsonMapper;

/** Seconds per step of a first and of a second start, and memory per process after 1,000 texts. */
final class Footprint {
  private static final Pattern STEP = Pattern.compile("\\s*([0-9.]+) s {2}(.*)");
  private static final int TEXTS = 1_000;

  private Footprint() {}

  static void run(String[] options) throws Exception {
    Path data = Files.createTempDirectory("wardline-bench");
    RunningWardline.Ports ports = RunningWardline.Ports.free();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("bench", "footprint");
    try {
      try (RunningWardline first = RunningWardline.start(data, ports, "--separate")) {
        figures.put("firstStartSeconds", steps(first.output()));
        Load load = new Load(new RestClient(first), Bed.numbers(50), 16);
        load.patients();
        Since since = Since.now(first);
        load.texts("footprint", TEXTS);
        since.await(TEXTS, "out", "'delivered'");
        figures.put("rssMegabytesAfter1000Texts", Cost.residentMegabytes(first, "VmRSS"));
      }
      try (RunningWardline second = RunningWardline.start(data, ports, "--separate")) {
        figures.put("secondStartSeconds", steps(second.output()));
      }
    } finally {
      Folders.delete(data);
    }
    System.out.println(new JsonMapper().writeValueAsString(figures));
  }

  private static Map<String, Double> steps(List<String> output) {
    Map<String, Double> steps = new LinkedHashMap<>();
    for (String line : output) {
      Matcher step = STEP.matcher(line);
      if (step.matches()) {
        steps.put(step.group(2), Double.parseDouble(step.group(1)));
      }
    }
    return steps;
  }
}
