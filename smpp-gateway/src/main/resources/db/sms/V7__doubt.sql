-- Texts whose answer was lost. See "When an answer is lost" in docs/smpp.md.

-- The practice's own number a segment left from: a carrier that is asked about it (query_sm) is told both.
ALTER TABLE sms.segment ADD COLUMN source text;

-- A text that went out twice has two rows, of which one told state is made, as of a long text's.
DROP INDEX sms.segment_of_long_text;
CREATE INDEX segment_of_long_text ON sms.segment (outbound_id) WHERE total > 1 OR may_be_duplicate;
