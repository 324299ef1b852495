package org.wardline.gateway.smpp;

/** Whether the SMSC may forget what it delivered. */
public enum InboundAnswer {
  /** Stored for good. */
  ACCEPTED,
  /** Not stored: the SMSC gets ESME_RX_T_APPN (SMPP 3.4 §5.1.3) and delivers again later. */
  TRY_LATER
}
