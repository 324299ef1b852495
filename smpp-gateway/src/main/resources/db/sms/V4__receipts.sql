-- What the matching of receipts needs beyond V1. See docs/receipts.md.

ALTER TABLE sms.segment
  ADD COLUMN given_id     text,                      -- the id as the carrier wrote it, for query_sm; NULL when smsc_id is the same
  ADD COLUMN contradicted text,                      -- what a later receipt said against a delivery; told once
  ADD COLUMN asked_at     timestamptz;               -- when the carrier was last asked what became of it

-- Receipts kept aside are looked at again with growing pauses until they are forgotten.
ALTER TABLE sms.receipt
  ADD COLUMN other_id     text,                      -- when the receipt's text and its TLV name different ids: the text's
  ADD COLUMN looks        integer NOT NULL DEFAULT 0,
  ADD COLUMN next_look_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX receipt_next_look ON sms.receipt (link, next_look_at);

-- How a carrier's receipts write the ids of its responses, learned from its receipts and kept over a restart.
CREATE TABLE sms.id_habit (
  link       text PRIMARY KEY,
  reading    text NOT NULL,                          -- IdStyle's name
  learned_at timestamptz NOT NULL
);

-- A practice's own words for a carrier's error codes; the usual meanings are built in. '*' is every link.
CREATE TABLE sms.reason (
  link       text NOT NULL,
  code       text NOT NULL,                          -- normalised, see Reasons
  words      text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (link, code)
);

GRANT SELECT, INSERT, UPDATE ON sms.id_habit TO wardline_gateway;
GRANT SELECT ON sms.reason TO wardline_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms.reason TO wardline_server;
