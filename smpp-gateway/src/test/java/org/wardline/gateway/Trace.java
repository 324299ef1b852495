package org.wardline.gateway;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What happened in a simulation, line by line; texts and numbers only by their index. */
final class Trace {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Baton baton;
  private final List<String> lines = new ArrayList<>();

  Trace(Baton baton) {
    this.baton = baton;
  }

  void add(String line) {
    lines.add("%10.3f %s".formatted(baton.nanos() / NANOS_PER_SECOND, line));
  }

  int size() {
    return lines.size();
  }

  /** Equal for two runs exactly when the same happened. */
  String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(toString().getBytes(StandardCharsets.UTF_8)))
          .substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
