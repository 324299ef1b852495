package org.wardline.appliance.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wardline.appliance.RunningWardline;
import tools.jackson.databind.json.JsonMapper;

/** One line of JSON, in the order in which the figures were put. */
public final class Figures {
  private final Map<String, Object> figures = new LinkedHashMap<>();

  public Figures(String kind, String name) {
    figures.put(kind, name);
  }

  public Figures put(String name, Object value) {
    figures.put(name, value instanceof Double number ? (Object) round(number) : value);
    return this;
  }

  Figures percentiles(String name, double[] medianAnd99) {
    return put(name + "P50", medianAnd99[0]).put(name + "P99", medianAnd99[1]);
  }

  Figures sorted(String name, long[] sortedNanos) {
    return put(name + "P50", Load.percentileMillis(sortedNanos, 50))
        .put(name + "P99", Load.percentileMillis(sortedNanos, 99));
  }

  Figures cpu(Map<String, Double> cpu, int texts) {
    Map<String, Double> perThousand = new LinkedHashMap<>();
    cpu.forEach((name, value) -> perThousand.put(name, round(value * 1000 / texts)));
    return put("cpuSecondsPer1000", perThousand);
  }

  Figures peakMemory(RunningWardline wardline) throws IOException {
    return put("peakRssMegabytes", Cost.residentMegabytes(wardline, "VmHWM"));
  }

  public void print() {
    System.out.println(new JsonMapper().writeValueAsString(figures));
  }

  public static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
