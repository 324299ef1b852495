package org.wardline.server.conversations;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.wardline.jdbc.Tx;
import org.wardline.server.consent.ConsentKind;
import org.wardline.server.consent.Consents;
import org.wardline.server.parts.Parts;
import org.wardline.sms.SmsQueue;

/** Takes a patient's waiting texts of one kind out of the queue when consent for them ends. */
public final class Withdrawals implements Consents.Withdrawal {
  private final SmsQueue queue;
  private final EndedTexts ended;

  public Withdrawals(Parts parts) {
    this.queue = parts.queue();
    this.ended = new EndedTexts(parts.keys(), parts.archive());
  }

  @Override
  public void withdrawQueued(Tx tx, UUID patient, ConsentKind kind, String reason) {
    List<UUID> withdrawn = new ArrayList<>();
    for (UUID message :
        tx.query(
            """
            SELECT m.id FROM wardline.conversation c JOIN wardline.message m ON m.conversation_id = c.id
            WHERE c.patient_id = ? AND m.direction = 'out' AND m.state = 'queued' AND m.kind = ?
            """,
            row -> row.uuid("id"),
            patient,
            kind.wireName())) {
      if (queue.withdraw(tx, message)) {
        withdrawn.add(message);
      }
    }
    if (!withdrawn.isEmpty()) {
      ended.recall(tx, withdrawn, reason);
    }
  }
}
