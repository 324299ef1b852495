-- The only thing between server and gateway: an outbox and an inbox. Run by wardline_owner.
-- Numbers and texts are sealed with the transport key before they get here; `recipient` and `sender` are keyed hashes.

-- Texts to send. A row lives until the carrier has taken the whole text (or it failed, or its time ran out): then it is
-- deleted with what it held, so this table is as long as the queue and never as long as history.
CREATE TABLE sms.outbound (
  seq               bigint GENERATED ALWAYS AS IDENTITY,
  id                uuid PRIMARY KEY,
  line              text NOT NULL,                 -- whose number it leaves from; one link serves every line
  recipient         bigint NOT NULL,
  sealed            bytea NOT NULL,
  segments          integer NOT NULL CHECK (segments BETWEEN 1 AND 255),
  accepted_segments integer NOT NULL DEFAULT 0,    -- how many the carrier has taken; a resend starts behind them
  state             text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'submitting')),
  attempts          integer NOT NULL DEFAULT 0,    -- how often it may have been sent without an answer
  may_be_duplicate  boolean NOT NULL DEFAULT false,
  withdrawn         boolean NOT NULL DEFAULT false, -- set by the server while it is claimed: it must not be sent (again)
  link              text,                          -- the link it is on the wire of
  claimed_by        uuid,                          -- the gateway run that has it on the wire
  claimed_at        timestamptz,
  accepted_at       timestamptz NOT NULL DEFAULT now(),
  expires_at        timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX outbound_queued ON sms.outbound (seq) WHERE state = 'queued';
CREATE INDEX outbound_recipient ON sms.outbound (recipient, seq);
CREATE INDEX outbound_withdrawn ON sms.outbound (claimed_by) WHERE withdrawn;

-- One row per segment the carrier took; the receipt finds its text here. No index holds a column that a receipt changes,
-- so that a receipt rewrites the row in place.
CREATE TABLE sms.segment (
  link             text NOT NULL,
  smsc_id          text NOT NULL,                  -- normalised, see MessageIds
  outbound_id      uuid NOT NULL,
  number           integer NOT NULL,
  total            integer NOT NULL,               -- segments of the whole text
  may_be_duplicate boolean NOT NULL,
  expires_at       timestamptz NOT NULL,           -- the text's
  accepted_at      timestamptz NOT NULL,
  state            text,                           -- the receipt's final state
  detail           text,
  settled_at       timestamptz,
  reported         text                            -- the final state of the whole text that the server was told
) WITH (fillfactor = 80);
CREATE INDEX segment_smsc_id ON sms.segment (smsc_id, link);
CREATE INDEX segment_of_long_text ON sms.segment (outbound_id) WHERE total > 1;
CREATE INDEX segment_accepted_at ON sms.segment USING brin (accepted_at) WITH (pages_per_range = 32);

-- Receipts that came before the response, or for ids nobody knows.
CREATE TABLE sms.receipt (
  seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  link         text NOT NULL,
  smsc_id      text NOT NULL,
  state        text NOT NULL,
  detail       text NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX receipt_smsc_id ON sms.receipt (smsc_id, link);

-- What became of a text: gateway to server, taken in order and deleted.
CREATE TABLE sms.event (
  seq              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  outbound_id      uuid NOT NULL,
  state            text NOT NULL,
  at               timestamptz NOT NULL DEFAULT now(),
  detail           text NOT NULL DEFAULT '',
  may_be_duplicate boolean NOT NULL DEFAULT false
);

-- Parts of a concatenated text until the last one is here (GSM 03.40 §9.2.3.24.1). A part that was used stays a while
-- without its content, so that the carrier's second delivery of it is recognised.
CREATE TABLE sms.inbound_part (
  id           uuid PRIMARY KEY,
  sender       bigint NOT NULL,                    -- keyed hash of source, destination and kind of reference
  reference    integer NOT NULL,
  total        integer NOT NULL,
  number       integer NOT NULL,
  digest       bigint NOT NULL,                    -- keyed hash of the content
  sealed       bytea,                              -- NULL once used
  received_at  timestamptz NOT NULL,
  CONSTRAINT inbound_part_once UNIQUE (sender, reference, total, number, digest)
);

-- Whole texts from phones: gateway to server, taken in order and deleted.
CREATE TABLE sms.inbound (
  seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id           uuid NOT NULL,
  sealed       bytea NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now(),
  complete     boolean NOT NULL DEFAULT true
);

CREATE TABLE sms.link (
  link     text PRIMARY KEY,
  state    text NOT NULL,                          -- connecting, bound, waiting, stopped
  detail   text NOT NULL,
  since    timestamptz NOT NULL,
  seen_at  timestamptz NOT NULL
);

GRANT USAGE ON SCHEMA sms TO wardline_gateway, wardline_server;
GRANT SELECT, UPDATE, DELETE ON sms.outbound TO wardline_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms.segment, sms.receipt, sms.inbound_part, sms.link TO wardline_gateway;
GRANT SELECT, INSERT ON sms.event, sms.inbound TO wardline_gateway;
GRANT SELECT, INSERT, DELETE, UPDATE (withdrawn) ON sms.outbound TO wardline_server;
GRANT SELECT, UPDATE, DELETE ON sms.event, sms.inbound TO wardline_server;
GRANT SELECT ON sms.link TO wardline_server;
