package org.wardline.gateway.smpp;

import java.time.Instant;

/** Where a session stands (SMPP 3.4 §2.2). A session that is over never comes back. */
public sealed interface BindState {
  /** Nothing was tried yet, or we have unbound ourselves. */
  record Closed() implements BindState {}

  /** TCP, and TLS where it is wanted. */
  record Connecting() implements BindState {}

  /** Connected; the SMSC has not let us in yet. */
  record Binding() implements BindState {}

  /** Texts can be sent and come in. */
  record Bound(Instant since) implements BindState {}

  /** Nothing new is sent; what is under way is waited for. */
  record Unbinding() implements BindState {}

  /**
   * Over, and not because we wanted it; or it never came about.
   *
   * @param reason in words
   */
  record Lost(String reason, Instant at) implements BindState {}

  /** The one place that says what may follow what. */
  default boolean mayBecome(BindState next) {
    return switch (this) {
      case Closed closed -> next instanceof Connecting;
      case Connecting connecting ->
          next instanceof Binding || next instanceof Lost || next instanceof Closed;
      case Binding binding ->
          next instanceof Bound || next instanceof Lost || next instanceof Closed;
      case Bound bound -> next instanceof Unbinding || next instanceof Lost;
      case Unbinding unbinding -> next instanceof Closed || next instanceof Lost;
      case Lost lost -> false;
    };
  }
}
