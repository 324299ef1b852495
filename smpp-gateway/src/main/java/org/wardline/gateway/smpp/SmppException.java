package org.wardline.gateway.smpp;

import org.jspecify.annotations.Nullable;

/** No bound session came about. The message is for the person who looks after the link. */
public final class SmppException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a person would look at first. */
  public enum Reason {
    /** No TCP connection: address, firewall, VPN, the carrier being down. */
    UNREACHABLE,
    /** The SMSC answered the bind with an error: credentials, too many binds, wrong IP address. */
    REFUSED,
    /** Connected, but the bind was not answered in time. */
    TIMED_OUT,
    /** The connection broke before the bind was answered, or what came was not SMPP. */
    BROKEN,
    /**
     * TLS did not come about: one side does not trust the other's certificate, or they have no
     * common version. Nothing of SMPP was sent.
     */
    UNTRUSTED,
    /** A certificate or key file named in the settings cannot be used. Nothing was connected. */
    MISCONFIGURED
  }

  private final Reason reason;
  private final int commandStatus;

  SmppException(Reason reason, int commandStatus, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.commandStatus = commandStatus;
  }

  public Reason reason() {
    return reason;
  }

  /** SMPP 3.4 §5.1.3 of a refusal, else 0. */
  public int commandStatus() {
    return commandStatus;
  }
}
