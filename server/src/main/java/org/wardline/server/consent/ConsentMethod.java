package org.wardline.server.consent;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a patient's wish reached the practice. */
public enum ConsentMethod {
  PAPER,
  VERBAL,
  WEB,
  TEXT;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<ConsentMethod> ofWireName(String name) {
    return Arrays.stream(values()).filter(method -> method.wireName().equals(name)).findFirst();
  }
}
