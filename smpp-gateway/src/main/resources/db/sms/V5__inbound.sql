-- Texts from phones that come twice, late, or as octets nobody can read. See docs/receipts.md.

-- Words for people about a text, such as that it may be a repeat. Never part of the text: the patient did not write them.
ALTER TABLE sms.inbound ADD COLUMN note text NOT NULL DEFAULT '';
ALTER TABLE sms.inbound_aside ADD COLUMN note text NOT NULL DEFAULT '';

-- True for a used part whose text was handed on with a gap: a part that comes later belongs to it.
ALTER TABLE sms.inbound_part ADD COLUMN gap boolean NOT NULL DEFAULT false;

-- Whole texts of the last day, as keyed hashes, so that the carrier's second delivery of one is told from a patient who
-- writes the same again.
CREATE TABLE sms.inbound_seen (
  id          uuid PRIMARY KEY,
  seq         bigint GENERATED ALWAYS AS IDENTITY,
  sender      bigint NOT NULL,                       -- keyed hash of source and destination
  digest      bigint NOT NULL,                       -- keyed hash of everything the carrier delivered
  session     uuid NOT NULL,                         -- the SMPP session it came (last) on
  received_at timestamptz NOT NULL,
  answered    boolean NOT NULL DEFAULT false,        -- whether the carrier was told that we have it; set a little later
  repeats     integer NOT NULL DEFAULT 0
);
CREATE INDEX inbound_seen_sender ON sms.inbound_seen (sender, seq);
CREATE INDEX inbound_seen_received_at ON sms.inbound_seen USING brin (received_at);

-- The octets of texts that could not be shown whole, sealed, until somebody can read them or the time is over.
CREATE TABLE sms.inbound_octets (
  id          uuid PRIMARY KEY,                      -- of the text in sms.inbound
  sealed      bytea NOT NULL,
  received_at timestamptz NOT NULL
);
CREATE INDEX inbound_octets_received_at ON sms.inbound_octets USING brin (received_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON sms.inbound_seen TO wardline_gateway;
GRANT SELECT, INSERT, DELETE ON sms.inbound_octets TO wardline_gateway;
GRANT SELECT ON sms.inbound_octets TO wardline_server;
