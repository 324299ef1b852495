package org.wardline.server.web;

import java.util.UUID;

/**
 * Tells browsers that something changed, so that they ask for it again. Ids only: an event holds no
 * patient data, because it is sent without a look at each receiver's rights to the conversation's
 * content.
 *
 * @param kind what happened, a constant of the feature such as {@code message} or {@code state};
 *     lower case letters and dashes
 * @param line the line it happened on; only people who may read the line get the event
 */
public record LiveEvent(String kind, String line, UUID conversation) {
  /** The browser missed events: it must load everything it shows again. */
  static final String RESYNC = "resync";

  public LiveEvent {
    if (!kind.matches("[a-z][a-z-]{0,31}") || kind.equals(RESYNC)) {
      throw new IllegalArgumentException("not a kind of live event: " + kind);
    }
  }
}
