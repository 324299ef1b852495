package org.wardline.server.conversations;

import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.jdbc.Tx;
import org.wardline.server.accounts.Caller;
import org.wardline.server.audit.Audit;
import org.wardline.sms.SmsQueue.Waiting;

/**
 * Works off a queue of the {@code sms} schema in batches. When a batch fails for a reason that
 * trying again does not mend, its rows are taken one by one, and those that still fail are set
 * aside: one row that nobody can handle never holds up another patient's.
 */
final class OneByOne {
  private static final Logger log = LoggerFactory.getLogger(OneByOne.class);

  /** A queue whose rows are handled in the transaction that takes them. */
  interface Queue {
    /** Takes and handles the oldest rows; returns how many. */
    int batch(Tx tx, int limit);

    List<Waiting> waiting(Tx tx, int limit);

    void one(Tx tx, Waiting row);

    void setAside(Tx tx, Waiting row, String reason);
  }

  private final Db db;
  private final Audit audit;
  private final Caller worker;
  private final int maxBatchRows;

  OneByOne(Db db, Audit audit, Caller worker, int maxBatchRows) {
    this.db = db;
    this.audit = audit;
    this.worker = worker;
    this.maxBatchRows = maxBatchRows;
  }

  /** Does one batch and returns how many rows it took out of the queue. */
  int run(Queue queue) {
    try {
      return db.inTransaction(tx -> queue.batch(tx, maxBatchRows));
    } catch (RuntimeException e) {
      if (mayPass(e)) {
        throw e;
      }
      List<Waiting> rows = db.inTransaction(tx -> queue.waiting(tx, maxBatchRows));
      rows.forEach(row -> one(queue, row));
      return rows.size();
    }
  }

  private void one(Queue queue, Waiting row) {
    try {
      db.run(tx -> queue.one(tx, row));
    } catch (RuntimeException e) {
      if (mayPass(e)) {
        throw e;
      }
      String reason = e.getClass().getSimpleName();
      db.run(
          tx -> {
            queue.setAside(tx, row, reason);
            audit.record(tx, worker, "message.set-aside", Optional.of(row.id()), reason);
          });
      // The id and the class: a message could hold what the patient wrote.
      log.error(
          "{}: set aside, because it cannot be handled: {} ({})", worker.name(), row.id(), reason);
    }
  }

  private static boolean mayPass(RuntimeException e) {
    return e instanceof DbException refused && refused.isTransient();
  }
}
