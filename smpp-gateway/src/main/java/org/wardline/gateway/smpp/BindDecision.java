package org.wardline.gateway.smpp;

/** The SMSC's side: what to answer to a bind. */
public sealed interface BindDecision {
  /**
   * @param systemId the SMSC's own (SMPP 3.4 §4.1.2)
   */
  record Accept(String systemId) implements BindDecision {}

  /**
   * @param commandStatus SMPP 3.4 §5.1.3, for example 0x0E for a wrong password
   */
  record Refuse(int commandStatus) implements BindDecision {}
}
