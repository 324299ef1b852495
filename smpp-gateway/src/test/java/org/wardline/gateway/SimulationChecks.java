package org.wardline.gateway;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.SimulatedCarrier.Receipt;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.InDoubt;

/**
 * The promises, checked against the tables with a connection of its own. What is checked at a
 * submit is what the gateway could know at that moment, so a violation is always its fault.
 */
final class SimulationChecks implements AutoCloseable {
  /** {@code Claims} looks for withdrawals at least this often while it looks at all. */
  private static final Duration WITHDRAWN_LOOK = Duration.ofMillis(200);

  private record Queued(
      String state,
      @Nullable UUID claimedBy,
      @Nullable String link,
      boolean marked,
      int acceptedSegments) {}

  private record Segment(int number, @Nullable String state) {}

  private final Connection owner;
  private final Baton baton;

  SimulationChecks(Connection owner, Baton baton) {
    this.owner = owner;
    this.baton = baton;
  }

  static Connection open(String database) {
    try {
      return DriverManager.getConnection(
          PostgresFixture.shared().url(database), "wardline_owner", PostgresFixture.password());
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Before each seed: the same empty tables, the same numbers again. */
  static void empty(Connection owner) {
    try (Statement statement = owner.createStatement()) {
      statement.execute(
          "SET synchronous_commit = off; TRUNCATE sms.outbound, sms.segment, sms.receipt, sms.event,"
              + " sms.link RESTART IDENTITY");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private Optional<Queued> queued(SimulatedText text) {
    List<Queued> found = new ArrayList<>();
    query(
        "SELECT state, claimed_by, link, may_be_duplicate, accepted_segments FROM sms.outbound"
            + " WHERE id = ?",
        text.id,
        row ->
            found.add(
                new Queued(
                    row.getString(1),
                    row.getObject(2, UUID.class),
                    row.getString(3),
                    row.getBoolean(4),
                    row.getInt(5))));
    return found.stream().findFirst();
  }

  private interface Each {
    void row(ResultSet row) throws SQLException;
  }

  private void query(String sql, @Nullable Object parameter, Each each) {
    try (PreparedStatement statement = owner.prepareStatement(sql)) {
      if (parameter != null) {
        statement.setObject(1, parameter);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          each.row(rows);
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** At the moment a segment is written. */
  void onSubmit(
      SimulatedGateway.Link link,
      SimulatedText text,
      int segment,
      List<SimulatedText> olderToTheSame,
      Object gateway) {
    int before = text.possibleCopies[segment];
    if (before >= 2) {
      throw new Violation(text + " was sent a third time");
    }
    if (before == 1 && text.inDoubt != InDoubt.RESEND) {
      throw new Violation(text + " was sent twice though its line never does that");
    }
    if (link.outbound.inFlight() > link.settings.bind().windowSize()) {
      throw new Violation("more texts than the window are in flight on " + link);
    }
    if (text.contested) {
      return;
    }
    Queued row =
        queued(text)
            .orElseThrow(() -> new Violation(text + " was sent and is not in the queue any more"));
    if (!row.state().equals("submitting") || !link.run.equals(row.claimedBy())) {
      throw new Violation(text + " was sent by a run that has not claimed it");
    }
    boolean first = segment == row.acceptedSegments() + 1;
    if (first && !text.expiresAt.isAfter(baton.now())) {
      throw new Violation(text + " was sent after its expiry");
    }
    Long withdrawn = text.withdrawnAt;
    Long looked = link.lookedAt;
    if (withdrawn != null && looked != null && looked - withdrawn >= WITHDRAWN_LOOK.toNanos()) {
      throw new Violation(text + " was sent although the gateway could know of its withdrawal");
    }
    if (before == 1 && !row.marked()) {
      throw new Violation(text + " was sent again without a mark");
    }
    for (SimulatedText older : olderToTheSame) {
      boolean open =
          !older.contested
              && !gateway.equals(older.settledBy)
              && !gateway.equals(older.answeredLateTo)
              && !older.sawExpiry
              && queued(older).isPresent();
      if (open) {
        throw new Violation(text + " overtook " + older + " to the same number");
      }
    }
  }

  /** After each look of the claims: the rows are what the window bounds. */
  void onClaimed(SimulatedGateway.Link link) {
    query(
        "SELECT count(*) FROM sms.outbound WHERE state = 'submitting' AND claimed_by = ?",
        link.run,
        row -> {
          if (row.getInt(1) > link.settings.bind().windowSize()) {
            throw new Violation("more texts than the window are claimed by " + link);
          }
        });
  }

  Set<UUID> claimedBy(UUID run) {
    Set<UUID> ids = new HashSet<>();
    query(
        "SELECT id FROM sms.outbound WHERE state = 'submitting' AND claimed_by = ?",
        run,
        row -> ids.add(row.getObject(1, UUID.class)));
    return ids;
  }

  Set<UUID> submitting() {
    Set<UUID> ids = new HashSet<>();
    query(
        "SELECT id FROM sms.outbound WHERE state = 'submitting'",
        null,
        row -> ids.add(row.getObject(1, UUID.class)));
    return ids;
  }

  /** Texts whose segments a look of the housekeeping at this time may give up. */
  Set<UUID> tooOld(Instant now, Duration receiptLimit) {
    Set<UUID> ids = new HashSet<>();
    query(
        "SELECT outbound_id FROM sms.segment WHERE accepted_at < ?",
        now.minus(receiptLimit).atOffset(java.time.ZoneOffset.UTC),
        row -> ids.add(row.getObject(1, UUID.class)));
    return ids;
  }

  /** Ids of receipts kept for a response, which a look of the housekeeping may forget. */
  Set<String> receiptsBefore(Instant cutoff) {
    Set<String> ids = new HashSet<>();
    query(
        "SELECT smsc_id FROM sms.receipt WHERE received_at < ?",
        cutoff.atOffset(java.time.ZoneOffset.UTC),
        row -> ids.add(row.getString(1)));
    return ids;
  }

  boolean isQueueEmpty() {
    boolean[] empty = {true};
    query("SELECT 1 FROM sms.outbound LIMIT 1", null, row -> empty[0] = false);
    return empty[0];
  }

  /** What is still queued, in words, for the report of a queue that sticks. */
  String queue() {
    StringBuilder all = new StringBuilder();
    query(
        "SELECT seq, state, link, prefix, may_be_duplicate, withdrawn, accepted_segments"
            + " FROM sms.outbound ORDER BY seq",
        null,
        row -> {
          all.append("\n  row ").append(row.getLong(1));
          for (int i = 2; i <= 7; i++) {
            all.append(' ').append(row.getString(i));
          }
        });
    return all.toString();
  }

  /** When all is quiet: every receipt the gateway took lies on its segment. */
  void receiptsEnded(List<Receipt> acknowledged, String link) {
    for (Receipt receipt : acknowledged) {
      if (receipt.text().excused) {
        continue;
      }
      query(
          "SELECT state FROM sms.segment WHERE link = '" + link + "' AND smsc_id = ?",
          receipt.responseId(),
          row -> {
            if (row.getString(1) == null) {
              throw new Violation(
                  "the receipt of " + receipt.text() + "/" + receipt.segment() + " was lost");
            }
          });
    }
  }

  /** When all is quiet, before anything is given up. */
  void textEnded(SimulatedText text, boolean oneReceiptPerText) {
    DeliveryState state = text.state();
    if (queued(text).isPresent()) {
      throw new Violation(text + " is still queued");
    }
    List<Segment> segments = new ArrayList<>();
    query(
        "SELECT DISTINCT number, state FROM sms.segment WHERE outbound_id = ?",
        text.id,
        row -> segments.add(new Segment(row.getInt(1), row.getString(2))));
    boolean whole = segments.stream().map(Segment::number).distinct().count() == text.segments;
    int taken = 0;
    boolean twice = false;
    boolean each = true;
    for (int number : text.numbers()) {
      taken += text.copies[number];
      twice |= text.copies[number] > 1;
      each &= text.copies[number] > 0;
    }
    if (twice && !text.isMarked()) {
      throw new Violation(text + " arrived twice without a mark");
    }
    if (text.isMarked() && !text.doubt) {
      throw new Violation(text + " was marked although no answer was lost");
    }
    if (text.contested) {
      return;
    }
    switch (state) {
      case QUEUED, SUBMITTING, RECEIVED -> throw new Violation(text + " was lost as " + state);
      case SENT -> {
        if (!each) {
          throw new Violation(text + " is called sent and the carrier has not all of it");
        }
      }
      case DELIVERED -> {
        if (!each) {
          throw new Violation(text + " is called delivered and the carrier has not all of it");
        }
      }
      case RECALLED -> {
        if (taken > 0) {
          throw new Violation(text + " is called recalled and the carrier has it");
        }
      }
      case EXPIRED -> {
        if (each && !whole && !text.excused) {
          throw new Violation(text + " is called expired and the carrier has all of it");
        }
      }
      case FAILED -> {
        if (each && !whole && !text.excused) {
          throw new Violation(text + " is called failed and the carrier has all of it");
        }
      }
      case UNKNOWN -> {
        if (!text.doubt && !text.excused && taken == 0) {
          throw new Violation(text + " is called unknown and nothing was in doubt");
        }
      }
    }
    if (whole && !text.excused) {
      verdict(text, segments, oneReceiptPerText);
    }
  }

  private static void verdict(
      SimulatedText text, List<Segment> segments, boolean oneReceiptPerText) {
    // Of two copies of a segment one that arrived is enough.
    Set<Integer> arrived = new HashSet<>();
    segments.stream()
        .filter(one -> "delivered".equals(one.state()))
        .forEach(one -> arrived.add(one.number()));
    Predicate<String> any =
        state ->
            segments.stream()
                .anyMatch(one -> state.equals(one.state()) && !arrived.contains(one.number()));
    int delivered = arrived.size();
    DeliveryState state = text.state();
    boolean right;
    if (any.test("failed") || any.test("expired")) {
      right =
          (any.test("failed") && state == DeliveryState.FAILED)
              || (any.test("expired") && state == DeliveryState.EXPIRED);
    } else if (delivered >= (oneReceiptPerText ? 1 : text.segments)) {
      right = state == DeliveryState.DELIVERED;
    } else {
      right = state == DeliveryState.SENT || state == DeliveryState.UNKNOWN;
    }
    if (!right) {
      throw new Violation(text + " ended as " + state + ", its receipts say otherwise");
    }
  }

  @Override
  public void close() throws SQLException {
    owner.close();
  }
}
