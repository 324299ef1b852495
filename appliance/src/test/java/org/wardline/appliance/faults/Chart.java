package org.wardline.appliance.faults;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Lines over time, panel under panel, as SVG that needs nothing else. */
final class Chart {
  private static final int WIDTH = 900;
  private static final int LEFT = 70;
  private static final int RIGHT = 190;
  private static final int PANEL = 190;
  private static final int HEAD = 50;
  private static final int PLOT = 130;
  private static final int GRID_LINES = 4;

  /** Told apart with every kind of color vision (Okabe and Ito). */
  private static final List<String> COLORS =
      List.of("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9");

  private final double[] seconds;
  private final List<String> body = new ArrayList<>();
  private int panels;

  Chart(String title, double[] seconds) {
    this.seconds = seconds.clone();
    body.add(text(LEFT, 26, "start", 16, "#222", title));
  }

  /** Adds a panel whose scale begins at 0. */
  Chart panel(String name, Map<String, double[]> lines) {
    int top = HEAD + panels * PANEL;
    panels++;
    double most = round(lines.values().stream().flatMapToDouble(Arrays::stream).max().orElse(1));
    body.add(text(LEFT, top + 4, "start", 13, "#222", name));
    int plot = top + 14;
    for (int i = 0; i <= GRID_LINES; i++) {
      double y = plot + PLOT - (double) PLOT * i / GRID_LINES;
      body.add(format("<path d='M%d %.1fH%d' stroke='#ddd'/>", LEFT, y, WIDTH - RIGHT));
      body.add(text(LEFT - 8, y + 4, "end", 11, "#555", number(most * i / GRID_LINES)));
    }
    body.add(text(LEFT, plot + PLOT + 16, "start", 11, "#555", "0"));
    body.add(text(WIDTH - RIGHT, plot + PLOT + 16, "end", 11, "#555", number(end() / 60) + " min"));
    int color = 0;
    for (Map.Entry<String, double[]> line : new TreeMap<>(lines).entrySet()) {
      String stroke = COLORS.get(color % COLORS.size());
      body.add(path(line.getValue(), stroke, plot, most));
      body.add(
          text(WIDTH - RIGHT + 12, plot + 12 + color * 18, "start", 12, stroke, line.getKey()));
      color++;
    }
    return this;
  }

  String svg() {
    int height = HEAD + panels * PANEL;
    return format(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %1$d %2$d' font-family='sans-serif'>"
                + "<rect width='%1$d' height='%2$d' fill='#fff'/>%n",
            WIDTH, height)
        + String.join("\n", body)
        + "\n</svg>\n";
  }

  private double end() {
    return seconds[seconds.length - 1];
  }

  private String path(double[] values, String stroke, int plot, double most) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      points.append(
          format(
              "%s%.1f %.1f",
              i == 0 ? "M" : "L",
              LEFT + (WIDTH - RIGHT - LEFT) * seconds[i] / end(),
              plot + PLOT - PLOT * values[i] / most));
    }
    return format("<path d='%s' fill='none' stroke='%s' stroke-width='1.6'/>", points, stroke);
  }

  /** The next 1, 2 or 5 with zeros. */
  private static double round(double most) {
    double ten = Math.pow(10, Math.floor(Math.log10(Math.max(most, 1))));
    for (double step : new double[] {1, 2, 5}) {
      if (most <= step * ten) {
        return step * ten;
      }
    }
    return 10 * ten;
  }

  private static String number(double value) {
    return value == Math.rint(value) ? format("%.0f", value) : format("%.1f", value);
  }

  private static String text(
      double x, double y, String anchor, int size, String fill, String words) {
    return format(
        "<text x='%.1f' y='%.1f' text-anchor='%s' font-size='%d' fill='%s'>%s</text>",
        x, y, anchor, size, fill, words.replace("&", "&amp;").replace("<", "&lt;"));
  }

  @FormatMethod
  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
