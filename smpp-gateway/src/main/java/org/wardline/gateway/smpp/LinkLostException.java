package org.wardline.gateway.smpp;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request cannot be answered any more because its connection is gone. */
final class LinkLostException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean written;

  LinkLostException(boolean written, @Nullable Throwable cause) {
    super("the SMPP connection is closed", cause);
    this.written = written;
  }

  /** False only when no octet of the request can have left. */
  boolean written() {
    return written;
  }
}
