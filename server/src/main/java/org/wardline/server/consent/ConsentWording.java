package org.wardline.server.consent;

import org.wardline.server.consent.ConsentRules.Answer;

/**
 * The practice's words for texts that rules send. The version is kept with every consent record, so
 * that years later one can tell what a patient agreed to.
 *
 * @param practice the practice's name as patients know it
 * @param phone where patients can call, as they would dial it
 */
public record ConsentWording(String practice, String phone) {
  /** Changes whenever a word below changes. */
  public static final String VERSION = "text-2026-11";

  public String of(Answer answer) {
    return switch (answer) {
      case ASK_FOR_CONSENT ->
          practice
              + ": May we text you about appointments and your care? Texts are not private. Reply YES to agree,"
              + " STOP to refuse, HELP for help. Msg & data rates may apply.";
      case CONFIRM_START ->
          practice
              + ": Thank you. We will text you about appointments and your care. Not for emergencies: call 911."
              + " Reply STOP to end, HELP for help.";
      case CONFIRM_STOP ->
          practice
              + ": You are opted out and will get no more texts from us. Reply START to opt in again. Call "
              + phone
              + " for help.";
      case HELP ->
          practice
              + ": For help call "
              + phone
              + ". In an emergency call 911, in a crisis call or text 988."
              + " Reply STOP to end texts. Msg & data rates may apply.";
    };
  }
}
