-- The only thing between server and gateway: an outbox and an inbox. Run by wardline_owner.
-- Numbers and texts are sealed with the transport key before they get here; `recipient` and `sender` are keyed hashes.

CREATE TABLE sms.outbound (
  seq               bigint GENERATED ALWAYS AS IDENTITY,
  id                uuid PRIMARY KEY,
  line              text NOT NULL,
  recipient         bigint NOT NULL,
  sealed            bytea,                         -- NULL once final
  segments          integer NOT NULL CHECK (segments BETWEEN 1 AND 255),
  accepted_segments integer NOT NULL DEFAULT 0,    -- how many the carrier has taken
  concat_ref        smallint,                      -- UDH reference, kept so that a resend completes the same text
  state             text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'submitting', 'sent', 'final')),
  attempts          integer NOT NULL DEFAULT 0,
  may_be_duplicate  boolean NOT NULL DEFAULT false,
  claimed_by        uuid,                          -- the gateway run that has it on the wire
  claimed_at        timestamptz,
  accepted_at       timestamptz NOT NULL DEFAULT now(),
  expires_at        timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX outbound_queued ON sms.outbound (seq) WHERE state = 'queued';
CREATE INDEX outbound_queued_recipient ON sms.outbound (recipient) WHERE state = 'queued';
CREATE INDEX outbound_submitting ON sms.outbound (claimed_by) WHERE state = 'submitting';
CREATE INDEX outbound_final ON sms.outbound (accepted_at) WHERE state = 'final';

-- One row per segment the carrier took; the receipt finds its text here.
CREATE TABLE sms.segment (
  seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  link         text NOT NULL,
  smsc_id      text NOT NULL,                      -- normalised, see MessageIds
  outbound_id  uuid NOT NULL,
  number       integer NOT NULL,
  accepted_at  timestamptz NOT NULL DEFAULT now(),
  state        text,                               -- the receipt's final state
  detail       text,
  settled_at   timestamptz
) WITH (fillfactor = 80);
CREATE INDEX segment_smsc_id ON sms.segment (link, smsc_id);
CREATE INDEX segment_outbound ON sms.segment (outbound_id);

-- Receipts that came before the response, or for ids nobody knows.
CREATE TABLE sms.receipt (
  seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  link         text NOT NULL,
  smsc_id      text NOT NULL,
  state        text NOT NULL,
  detail       text NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX receipt_smsc_id ON sms.receipt (link, smsc_id);

-- What became of a text: gateway to server, taken in order and deleted.
CREATE TABLE sms.event (
  seq              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  outbound_id      uuid NOT NULL,
  state            text NOT NULL,
  at               timestamptz NOT NULL DEFAULT now(),
  detail           text NOT NULL DEFAULT '',
  may_be_duplicate boolean NOT NULL DEFAULT false
);

-- Parts of a concatenated text until the last one is here (GSM 03.40 §9.2.3.24.1).
CREATE TABLE sms.inbound_part (
  id           uuid PRIMARY KEY,
  sender       bigint NOT NULL,                    -- keyed hash of source and destination
  reference    integer NOT NULL,
  total        integer NOT NULL,
  number       integer NOT NULL,
  sealed       bytea NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT inbound_part_once UNIQUE (sender, reference, total, number)
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
GRANT SELECT, INSERT, DELETE ON sms.outbound TO wardline_server;
GRANT SELECT, UPDATE, DELETE ON sms.event, sms.inbound TO wardline_server;
GRANT SELECT ON sms.link TO wardline_server;
