package org.wardline.sms;

/**
 * The text needs more than {@link SmsText#MAX_SEGMENTS} segments. The text is not in the message.
 */
public final class TextTooLongException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TextTooLongException(int segments) {
    super(
        "The text needs "
            + segments
            + " segments; one text can have at most "
            + SmsText.MAX_SEGMENTS
            + ".");
  }
}
