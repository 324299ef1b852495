-- What a text costs is mostly rows and index entries. See docs/adr/0008.

-- Events of one transaction share a row. They are ciphertext, which does not get shorter: stored as it is.
-- The old table gives its names away, or the new one's key and sequence would be called ..._pkey1 and ..._seq1.
ALTER TABLE archive_outbox RENAME TO archive_outbox_by_event;
ALTER TABLE archive_outbox_by_event RENAME CONSTRAINT archive_outbox_pkey TO archive_outbox_by_event_pkey;
ALTER SEQUENCE archive_outbox_seq_seq RENAME TO archive_outbox_by_event_seq_seq;
CREATE TABLE archive_outbox (
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  events      integer NOT NULL CHECK (events > 0),
  oldest      timestamptz NOT NULL,
  event_ids   uuid[] NOT NULL,                -- and so on, an element for each event
  patient_ids uuid[] NOT NULL,
  kinds       text[] NOT NULL,
  times       timestamptz[] NOT NULL,
  sealed      bytea[] NOT NULL,
  CHECK (events = cardinality(event_ids) AND events = cardinality(sealed))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE archive_outbox ALTER COLUMN sealed SET STORAGE EXTERNAL, ALTER COLUMN event_ids SET STORAGE EXTERNAL,
  ALTER COLUMN patient_ids SET STORAGE EXTERNAL;
INSERT INTO archive_outbox (events, oldest, event_ids, patient_ids, kinds, times, sealed)
  SELECT 1, at, ARRAY[event_id], ARRAY[patient_id], ARRAY[kind], ARRAY[at], ARRAY[sealed]
  FROM archive_outbox_by_event ORDER BY seq;
DROP TABLE archive_outbox_by_event;
GRANT SELECT, INSERT, DELETE ON archive_outbox TO wardline_server;

-- A text's first step is the text itself; the rows of its history are what came after. One that was put on the wire and of
-- which something else was told at once has a row for both: "submitting" at claimed_at, then the row's own state.
ALTER TABLE message ADD COLUMN note text NOT NULL DEFAULT '';  -- of an inbound text: the gateway's words about it
ALTER TABLE message_history ADD COLUMN claimed_at timestamptz;
UPDATE message m SET note = h.detail
  FROM message_history h WHERE h.message_id = m.id AND h.state = 'received' AND h.detail <> '';
DELETE FROM message_history WHERE state = 'received' OR state = 'queued' AND detail = 'accepted';

-- Room for the rewrites a text's state goes through, so that they stay on their page and touch no index.
ALTER TABLE message SET (fillfactor = 65);

-- Only for finding old keys.
DROP INDEX idempotency_age;
CREATE INDEX idempotency_age ON idempotency USING brin (created_at) WITH (pages_per_range = 16);

-- Every message is written under a lock on its conversation's row, and nobody may delete a conversation: the check has
-- nothing to find, and looks for it row by row.
ALTER TABLE message DROP CONSTRAINT message_conversation_id_fkey;
