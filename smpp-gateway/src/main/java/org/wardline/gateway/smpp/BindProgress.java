package org.wardline.gateway.smpp;

import java.util.function.Consumer;

/** A session's state and those who watch it. Asked for something impossible, it stays as it is. */
final class BindProgress {
  private final Consumer<BindState> observer;

  /** Read for every submit, so without the lock. */
  private volatile BindState state = new BindState.Closed();

  private boolean over;

  BindProgress(Consumer<BindState> observer) {
    this.observer = observer;
  }

  BindState state() {
    return state;
  }

  /**
   * The observer is told in the order in which things happened, so it must not block.
   *
   * @return false when that cannot follow the present state
   */
  synchronized boolean become(BindState next) {
    if (over || !state.mayBecome(next)) {
      return false;
    }
    over = next instanceof BindState.Lost || next instanceof BindState.Closed;
    state = next;
    observer.accept(next);
    return true;
  }
}
