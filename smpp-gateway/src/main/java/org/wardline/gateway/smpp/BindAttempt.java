package org.wardline.gateway.smpp;

import org.wardline.config.Secret;

/** The SMSC's side: a bind that asks to be let in (SMPP 3.4 §4.1). */
public record BindAttempt(Kind kind, String systemId, Secret password, String systemType) {
  /** Who may send on the session. */
  public enum Kind {
    TRANSMITTER,
    RECEIVER,
    TRANSCEIVER
  }
}
