-- What became of texts that operators sent through one link to try it out. No number and no words: those are in sms.outbound,
-- sealed, and only until the text has left.

CREATE TABLE sms.test_text (
  id         uuid PRIMARY KEY,                     -- the same in sms.outbound and sms.event
  link       text NOT NULL,
  line       text NOT NULL,
  sent_by    text NOT NULL,                        -- a login or the name of a program
  sent_at    timestamptz NOT NULL DEFAULT now(),
  state      text NOT NULL DEFAULT 'queued',
  detail     text NOT NULL DEFAULT '',
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX test_text_link ON sms.test_text (link, sent_at DESC);

GRANT SELECT, INSERT, UPDATE (state, detail, changed_at), DELETE ON sms.test_text TO wardline_server;
