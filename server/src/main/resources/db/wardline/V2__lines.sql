-- Which of a line's numbers a patient knows it by. Empty for a line with one number.
ALTER TABLE conversation ADD COLUMN sender text;
GRANT UPDATE (sender) ON conversation TO wardline_server;

-- A line whose link reads no GSM 7 bit.
ALTER TABLE message DROP CONSTRAINT message_encoding_check;
ALTER TABLE message ADD CONSTRAINT message_encoding_check CHECK (encoding IN ('gsm7', 'latin1', 'ucs2'));

-- Which words went to which number a short while ago, as keyed digests; forgotten within hours.
CREATE TABLE sent_text (
  digest      bytea PRIMARY KEY,
  message_id  uuid NOT NULL,
  at          timestamptz NOT NULL
);
CREATE INDEX sent_text_at ON sent_text USING brin (at) WITH (pages_per_range = 16);
GRANT SELECT, INSERT, UPDATE, DELETE ON sent_text TO wardline_server;
