package org.wardline.server.conversations;

import org.wardline.server.consent.ConsentWording;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsFormat;

/**
 * A practice phone number with its inbox.
 *
 * @param id lower case, as permissions and the REST interface say it ({@code main})
 * @param name as staff read it
 * @param number the sender of every text on this line
 */
public record Line(String id, String name, PhoneNumber number, String practiceName) {

  /** How its texts are written and cut; must be what the gateway's link does. */
  SmsFormat format() {
    return SmsFormat.USUAL;
  }

  /** The words that rules send on this line. */
  ConsentWording wording() {
    return new ConsentWording(practiceName, number.display());
  }
}
