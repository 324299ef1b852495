-- Several links: which texts go where, how urgent they are, what is to be done when an answer is lost, and what people want
-- of each link.

ALTER TABLE sms.outbound
  ADD COLUMN prefix   text NOT NULL DEFAULT '+',      -- the longest prefix of sms.prefix its number begins with, or @link
  ADD COLUMN priority smallint NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 3), -- see Urgency; 0 leaves first
  ADD COLUMN format   text NOT NULL DEFAULT 'gsm7 udh-8', -- see SmsFormat: as the composer counted
  ADD COLUMN in_doubt text NOT NULL DEFAULT 'resend' CHECK (in_doubt IN ('resend', 'query', 'ask')); -- see InDoubt

-- Taken line by line and prefix by prefix, so that a link passes over what it does not carry and no line starves another.
DROP INDEX sms.outbound_queued;
CREATE INDEX outbound_queued ON sms.outbound (line, prefix, priority, seq) WHERE state = 'queued';
CREATE INDEX outbound_submitting ON sms.outbound (link) WHERE state = 'submitting';

-- Every prefix some link is told apart by. The server files a text under the longest that fits; the table holds
-- configuration only, nothing about a patient.
CREATE TABLE sms.prefix (
  prefix text PRIMARY KEY CHECK (prefix ~ '^\+[0-9]{0,14}$')
);

-- What people want of a link. A row without settings is about a link of gateway.yaml.
CREATE TABLE sms.link_wanted (
  link       text PRIMARY KEY CHECK (link ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
  sealed     bytea,                                   -- its settings as under `links:` in gateway.yaml, sealed
  want       text NOT NULL DEFAULT 'run' CHECK (want IN ('run', 'pause', 'drain', 'remove')),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL                            -- a login or the name of a program, never a patient
);

ALTER TABLE sms.link
  ADD COLUMN want        text NOT NULL DEFAULT 'run',
  ADD COLUMN added       boolean NOT NULL DEFAULT false, -- while running, not by gateway.yaml
  ADD COLUMN peer        text NOT NULL DEFAULT '',
  ADD COLUMN usable      boolean NOT NULL DEFAULT false, -- whether routing counts on it
  ADD COLUMN lines       text[] NOT NULL DEFAULT '{}',   -- empty: all
  ADD COLUMN prefixes    text[] NOT NULL DEFAULT '{+}',
  ADD COLUMN preference  integer NOT NULL DEFAULT 10,
  ADD COLUMN cost        numeric NOT NULL DEFAULT 0,
  ADD COLUMN window_size integer NOT NULL DEFAULT 0,
  ADD COLUMN in_flight   integer NOT NULL DEFAULT 0,
  ADD COLUMN per_second  real NOT NULL DEFAULT 0,        -- segments the carrier took, over the last ten seconds
  ADD COLUMN spacing_ms  real NOT NULL DEFAULT 0,
  ADD COLUMN errors      text[] NOT NULL DEFAULT '{}';   -- the last ones, in words, newest first

GRANT SELECT, INSERT, DELETE ON sms.prefix TO wardline_gateway;
GRANT SELECT ON sms.prefix TO wardline_server;
GRANT SELECT, DELETE ON sms.link_wanted TO wardline_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON sms.link_wanted TO wardline_server;
