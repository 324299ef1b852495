-- Rows that the server could not handle, taken out of the others' way: one bad text must not keep every other patient's from
-- the practice. They stay sealed and whole, and are tried again at every start of the server. Empty on a healthy appliance.

CREATE TABLE sms.inbound_aside (
  seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id           uuid NOT NULL,
  sealed       bytea NOT NULL,
  received_at  timestamptz NOT NULL,
  complete     boolean NOT NULL,
  reason       text NOT NULL,                     -- the failure's class; never content
  aside_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sms.event_aside (
  seq              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  outbound_id      uuid NOT NULL,
  state            text NOT NULL,
  at               timestamptz NOT NULL,
  detail           text NOT NULL,
  may_be_duplicate boolean NOT NULL,
  reason           text NOT NULL,
  aside_at         timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT, DELETE ON sms.inbound_aside, sms.event_aside TO wardline_server;
GRANT INSERT ON sms.inbound, sms.event TO wardline_server;
