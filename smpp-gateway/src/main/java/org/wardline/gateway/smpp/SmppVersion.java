package org.wardline.gateway.smpp;

import org.jsmpp.bean.InterfaceVersion;

/**
 * The interface version a bind asks for (SMPP 3.4 §5.2.4). What the peer answers is only noted: of
 * what 5.0 adds Wardline needs nothing, and everything it sends exists in 3.4.
 */
public enum SmppVersion {
  SMPP_3_4("3.4", InterfaceVersion.IF_34),
  SMPP_5_0("5.0", InterfaceVersion.IF_50);

  private final String written;
  private final InterfaceVersion onTheWire;

  SmppVersion(String written, InterfaceVersion onTheWire) {
    this.written = written;
    this.onTheWire = onTheWire;
  }

  /** {@code 3.4} or {@code 5.0}: the spelling of the settings. */
  public static SmppVersion parse(String written) {
    for (SmppVersion version : values()) {
      if (version.written.equals(written)) {
        return version;
      }
    }
    throw new IllegalArgumentException("The SMPP version is 3.4 or 5.0.");
  }

  InterfaceVersion onTheWire() {
    return onTheWire;
  }

  @Override
  public String toString() {
    return written;
  }
}
