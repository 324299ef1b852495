package org.wardline.gateway;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.wardline.gateway.smpp.InboundAnswer;

/**
 * The answer to one deliver_sm between the thread that waits for it and the writer that commits.
 * They agree on what becomes of an entry whose carrier has waited too long: one that is not being
 * committed yet is given up and never stored, so that its second delivery is the only one; one that
 * is being committed gets a little longer, and when that is over too the writer learns that the
 * carrier was told to deliver again.
 */
final class PendingAnswer {
  /** Below the usual ten seconds after which a carrier gives up on our answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration PATIENCE_WHILE_COMMITTING = Duration.ofSeconds(3);

  private enum Stage {
    WAITING,
    COMMITTING,
    /** The carrier hears what the writer says. */
    ANSWERED,
    /** The carrier was told to deliver again. */
    GIVEN_UP
  }

  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
  private final CompletableFuture<InboundAnswer> answer = new CompletableFuture<>();
  private final Duration patience;
  private final Duration patienceWhileCommitting;

  PendingAnswer() {
    this(PATIENCE, PATIENCE_WHILE_COMMITTING);
  }

  PendingAnswer(Duration patience, Duration patienceWhileCommitting) {
    this.patience = patience;
    this.patienceWhileCommitting = patienceWhileCommitting;
  }

  /** The writer takes the entry into a commit; false when it must be left out. */
  boolean begin() {
    return stage.compareAndSet(Stage.WAITING, Stage.COMMITTING);
  }

  /**
   * It is durable. Returns false when the carrier has been told to deliver it again all the same.
   */
  boolean stored() {
    boolean heard = stage.compareAndSet(Stage.COMMITTING, Stage.ANSWERED);
    answer.complete(heard ? InboundAnswer.ACCEPTED : InboundAnswer.TRY_LATER);
    return heard;
  }

  /** It could not be stored, as far as the database says. */
  void notStored() {
    stage.set(Stage.GIVEN_UP);
    answer.complete(InboundAnswer.TRY_LATER);
  }

  /** What the writer says, for who does not wait by a thread. */
  CompletableFuture<InboundAnswer> future() {
    return answer.copy();
  }

  /** What to tell the carrier. */
  InboundAnswer await() {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return giveUp();
    } catch (ExecutionException e) {
      return InboundAnswer.TRY_LATER;
    } catch (InterruptedException e) {
      stage.set(Stage.GIVEN_UP);
      Thread.currentThread().interrupt();
      return InboundAnswer.TRY_LATER;
    }
  }

  private InboundAnswer giveUp() {
    if (stage.compareAndSet(Stage.WAITING, Stage.GIVEN_UP)) {
      return InboundAnswer.TRY_LATER;
    }
    try {
      return answer.get(patienceWhileCommitting.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      stage.compareAndSet(Stage.COMMITTING, Stage.GIVEN_UP);
      // The writer may have been faster by a hair.
      return stage.get() == Stage.ANSWERED ? InboundAnswer.ACCEPTED : InboundAnswer.TRY_LATER;
    } catch (InterruptedException e) {
      stage.set(Stage.GIVEN_UP);
      Thread.currentThread().interrupt();
      return InboundAnswer.TRY_LATER;
    }
  }
}
