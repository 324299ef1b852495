package org.wardline.server.conversations;

/**
 * How a delivery state is shown: never by colour or icon alone.
 *
 * @param icon symbol in {@code icons.svg}
 * @param tone {@code quiet}, {@code good}, {@code warn} or {@code bad}
 * @param advice what to do now; empty when there is nothing to do
 */
public record StateWords(String icon, String word, String tone, String advice) {

  /** An unknown state is shown by its name rather than hidden. */
  public static StateWords of(String state) {
    return switch (state) {
      case "queued" -> new StateWords("clock", "Queued", "quiet", "");
      case "submitting" -> new StateWords("clock", "Sending", "quiet", "");
      case "sent" -> new StateWords("check", "Sent", "quiet", "");
      case "delivered" -> new StateWords("checks", "Delivered", "good", "");
      case "failed" ->
          new StateWords(
              "alert",
              "Failed",
              "bad",
              "The patient did not get this. Call them, or check the number.");
      case "expired" ->
          new StateWords(
              "alert",
              "Expired",
              "bad",
              "It could not be delivered in time. Call if it still matters.");
      case "unknown" ->
          new StateWords(
              "question",
              "Unknown",
              "warn",
              "It may or may not have arrived. Ask the patient before you repeat it.");
      case "recalled" -> new StateWords("undo", "Recalled", "quiet", "");
      case "received" -> new StateWords("check", "Received", "quiet", "");
      default -> new StateWords("question", state, "warn", "");
    };
  }

  /** States that a person should act on. */
  public boolean needsAttention() {
    return tone.equals("bad") || tone.equals("warn");
  }
}
