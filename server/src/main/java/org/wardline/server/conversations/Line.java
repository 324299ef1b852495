package org.wardline.server.conversations;

import java.util.ArrayList;
import java.util.List;
import org.wardline.server.consent.ConsentWording;
import org.wardline.sms.InDoubt;
import org.wardline.sms.SenderAddress;
import org.wardline.sms.SmsFormat;

/**
 * A practice phone number with its inbox.
 *
 * @param id lower case, as permissions and the REST interface say it ({@code main})
 * @param name as staff read it
 * @param number the sender of the line's texts
 * @param pool more numbers that texts may leave from; a patient always gets them from the same one
 * @param inDoubt what happens to a text whose answer from the carrier was lost
 * @param format how its texts are written and cut: the composer counts by it and the gateway sends
 *     by it
 */
public record Line(
    String id,
    String name,
    SenderAddress number,
    String practiceName,
    List<SenderAddress> pool,
    InDoubt inDoubt,
    SmsFormat format) {

  public Line {
    pool = List.copyOf(pool);
  }

  /** A line with one number that sends once more when in doubt. */
  public Line(String id, String name, SenderAddress number, String practiceName) {
    this(id, name, number, practiceName, List.of(), InDoubt.RESEND, SmsFormat.USUAL);
  }

  /** Every number a text may leave from or come to. */
  List<SenderAddress> numbers() {
    List<SenderAddress> all = new ArrayList<>(pool.size() + 1);
    all.add(number);
    all.addAll(pool);
    return all;
  }

  /** The words that rules send on this line. */
  ConsentWording wording() {
    return new ConsentWording(practiceName, number.display());
  }
}
