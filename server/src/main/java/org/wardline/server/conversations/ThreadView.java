package org.wardline.server.conversations;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.wardline.server.consent.ConsentState;
import org.wardline.sms.SmsFormat;

/**
 * A conversation as a person sees it.
 *
 * @param name the patient's name, or the number in national form while nobody has named the sender
 * @param phone the number the next text goes to, in national form
 * @param consent the state for texts of kind {@code care} to that number; decides whether the
 *     composer is open
 * @param format how the line's texts are sent, so that the counter counts what is sent
 * @param messages oldest first, the newest page only
 * @param olderSeq when not 0, there are messages before this one: ask with {@code before=olderSeq}
 * @param newFromSeq the first of the messages that came since this person last looked; 0 when none,
 *     or when they look for the first time
 */
public record ThreadView(
    UUID id,
    UUID patientId,
    String line,
    String lineName,
    SmsFormat format,
    String name,
    boolean known,
    String phone,
    ZoneId patientZone,
    ConsentState consent,
    List<Bubble> messages,
    long olderSeq,
    long newFromSeq) {

  /**
   * One message.
   *
   * @param state wire name of the state
   * @param reason why it failed or waits, in plain words; empty when there is nothing to say
   * @param sender login of the person, name of the client, {@code Automatic} for answers by rule,
   *     or {@code patient}
   */
  public record Bubble(
      UUID id,
      long seq,
      boolean outgoing,
      String text,
      String state,
      String reason,
      boolean mayBeDuplicate,
      String sender,
      Instant at,
      String encoding,
      int segments) {
    @Override
    public String toString() {
      return "Bubble[" + id + "]";
    }
  }

  @Override
  public String toString() {
    return "ThreadView[" + id + "]";
  }
}
