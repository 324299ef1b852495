package org.wardline.server.consent;

import java.util.List;
import java.util.UUID;
import org.wardline.jdbc.Tx;

/**
 * Keeps sending and changes of consent apart, by advisory locks on the phone that last as long as
 * the transaction. Sending takes it shared before it looks at consent; whoever changes consent
 * takes it alone before it looks. So a text whose consent was read before a STOP is in the queue
 * before the STOP withdraws what waits there, a grant cannot overtake a STOP it did not see, and
 * none slips in between. Locks are taken in one order and before any row is locked.
 */
public final class PhoneLocks {
  private static final String LOCK =
      """
      SELECT pg_advisory_xact_lock%s(hashtextextended(id::text, 7))
      FROM (SELECT DISTINCT id FROM unnest(?::uuid[]) AS t (id) ORDER BY id) AS ordered
      """;

  private PhoneLocks() {}

  public static void forSending(Tx tx, List<UUID> phones) {
    tx.later(LOCK.formatted("_shared"), (Object) phones.toArray(new UUID[0]));
  }

  public static void forChange(Tx tx, List<UUID> phones) {
    tx.later(LOCK.formatted(""), (Object) phones.toArray(new UUID[0]));
  }

  /** All phones of a patient. */
  public static void forChange(Tx tx, UUID patient) {
    forChange(
        tx,
        tx.query(
            "SELECT id FROM wardline.phone WHERE patient_id = ?", row -> row.uuid("id"), patient));
  }
}
