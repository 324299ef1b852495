-- Which of a line's numbers a patient knows it by. Empty for a line with one number.
ALTER TABLE conversation ADD COLUMN sender text;
GRANT UPDATE (sender) ON conversation TO wardline_server;

-- A line whose link reads no GSM 7 bit.
ALTER TABLE message DROP CONSTRAINT message_encoding_check;
ALTER TABLE message ADD CONSTRAINT message_encoding_check CHECK (encoding IN ('gsm7', 'latin1', 'ucs2'));
