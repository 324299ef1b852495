package org.wardline.smsc;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A scripted patient: what anyone who gets a text like this answers, and how long they take.
 *
 * @param when found anywhere in the text
 */
public record PatientRule(Pattern when, String answer, Duration delay) {
  /** For demos: agrees to be texted, and answers questions politely. */
  public static final List<PatientRule> FRIENDLY =
      List.of(
          new PatientRule(
              Pattern.compile("\\breply yes\\b", Pattern.CASE_INSENSITIVE),
              "YES",
              Duration.ofSeconds(2)),
          new PatientRule(
              Pattern.compile("\\?"), "Yes, that works for me. Thank you!", Duration.ofSeconds(4)));

  public static PatientRule answering(String regex, String answer, Duration delay) {
    return new PatientRule(Pattern.compile(regex, Pattern.CASE_INSENSITIVE), answer, delay);
  }
}
