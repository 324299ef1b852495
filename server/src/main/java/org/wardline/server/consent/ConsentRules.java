package org.wardline.server.consent;

import java.util.List;
import java.util.Optional;
import org.wardline.server.consent.ConsentLedger.Saying;

/**
 * What follows from a patient's text for consent: pure rules over the current state, so that a
 * table of cases can hold them. Who applies a {@link Reaction} does so in the transaction that
 * stores the text.
 */
public final class ConsentRules {
  /** Kinds that a patient's YES or START opens. Outreach needs its own written consent. */
  public static final List<ConsentKind> OPENED_BY_YES =
      List.of(ConsentKind.CARE, ConsentKind.REMINDERS, ConsentKind.SECURE_LINK);

  /** At most this many requests until the patient answers clearly (CON-2: re-asks at most once). */
  public static final int MAX_REQUESTS = 2;

  /** What is sent back by rule, without a person. */
  public enum Answer {
    CONFIRM_STOP,
    CONFIRM_START,
    HELP,
    ASK_FOR_CONSENT
  }

  /**
   * @param records what to add to the ledger; STOP speaks of all kinds, YES and START of {@link
   *     #OPENED_BY_YES}
   * @param answer what to send back
   * @param withdrawQueued true when texts still waiting for this number must not leave
   */
  public record Reaction(
      Optional<Saying> records, Optional<Answer> answer, boolean withdrawQueued) {
    static final Reaction NOTHING = new Reaction(Optional.empty(), Optional.empty(), false);
  }

  private ConsentRules() {}

  /**
   * @param state the state for {@code care} to the number before this text
   * @param openRequests how often the number was asked since the last clear answer
   * @param askOnFirstContact whether the practice asks by itself when someone without consent
   *     writes
   */
  public static Reaction onText(
      String text, ConsentState state, int openRequests, boolean askOnFirstContact) {
    return switch (ConsentWords.of(text)) {
      case STOP ->
          // Once opted out, only our own confirmation can still be in the queue, and it must leave.
          state == ConsentState.OPTED_OUT
              ? Reaction.NOTHING
              : new Reaction(Optional.of(Saying.REVOKED), Optional.of(Answer.CONFIRM_STOP), true);
      case HELP -> new Reaction(Optional.empty(), Optional.of(Answer.HELP), false);
      case START -> state == ConsentState.GRANTED ? Reaction.NOTHING : opened();
      case YES ->
          switch (state) {
            case REQUESTED, OPTED_OUT -> opened();
            case GRANTED, REVOKED -> Reaction.NOTHING;
            case NONE -> other(state, openRequests, askOnFirstContact);
          };
      case OTHER -> other(state, openRequests, askOnFirstContact);
    };
  }

  private static Reaction opened() {
    return new Reaction(Optional.of(Saying.GRANTED), Optional.of(Answer.CONFIRM_START), false);
  }

  private static Reaction other(ConsentState state, int openRequests, boolean askOnFirstContact) {
    boolean ask =
        switch (state) {
          case NONE -> askOnFirstContact;
          case REQUESTED -> openRequests < MAX_REQUESTS;
          case GRANTED, REVOKED, OPTED_OUT -> false;
        };
    return ask
        ? new Reaction(Optional.empty(), Optional.of(Answer.ASK_FOR_CONSENT), false)
        : Reaction.NOTHING;
  }
}
