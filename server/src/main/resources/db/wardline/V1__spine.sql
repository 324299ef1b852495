-- Hot data of the practice. Run by wardline_owner; the server's own role, wardline_server, gets what it needs and no more.
-- Columns named sealed_* hold Tink ciphertext whose associated data is "table|id"; *_index columns hold keyed hashes.

CREATE TABLE line (
  id            text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{0,31}$'),
  name          text NOT NULL,
  number        text NOT NULL,                -- the practice's own number: not patient data
  practice_name text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE account (
  id               uuid PRIMARY KEY,
  login            text NOT NULL,
  display_name     text NOT NULL,
  password_hash    text NOT NULL,             -- Argon2id in modular crypt format
  sealed_totp      bytea NOT NULL,            -- RFC 6238 secret under the system key
  totp_last_step   bigint NOT NULL DEFAULT 0, -- a code is accepted once
  roles            text[] NOT NULL,
  failures         integer NOT NULL DEFAULT 0,
  locked_until     timestamptz,
  last_sign_in_at  timestamptz,
  created_at       timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX account_login ON account (lower(login));

CREATE TABLE session (
  id_hash      bytea PRIMARY KEY,             -- SHA-256 of the cookie
  account_id   uuid NOT NULL REFERENCES account (id),
  csrf_token   text NOT NULL,
  address      text NOT NULL,
  user_agent   text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL           -- absolute limit
);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE api_client (
  id          uuid PRIMARY KEY,
  name        text NOT NULL UNIQUE,
  token_hash  bytea NOT NULL UNIQUE,          -- SHA-256 of the token
  scopes      text[] NOT NULL,                -- permissions, as in Shiro's wildcard form
  created_at  timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz NOT NULL,
  revoked_at  timestamptz
);

-- Keys of the appliance itself (system data key, index key), wrapped by the root key.
CREATE TABLE system_key (
  name        text PRIMARY KEY,
  wrapped     bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE patient (
  id                uuid PRIMARY KEY,
  sealed_profile    bytea NOT NULL,           -- names, birth date, external id as JSON
  external_id_index bytea,
  language          text NOT NULL,
  time_zone         text NOT NULL,
  known             boolean NOT NULL,         -- false: a number that wrote to us and nobody has named yet
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT patient_external_id_once UNIQUE (external_id_index)
);

-- Destroying the row is deletion of the patient's data (design §4).
CREATE TABLE patient_key (
  patient_id  uuid PRIMARY KEY REFERENCES patient (id),
  wrapped     bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE phone (
  id             uuid PRIMARY KEY,
  patient_id     uuid NOT NULL REFERENCES patient (id),
  sealed_number  bytea NOT NULL,
  number_index   bytea NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('mobile', 'home', 'work', 'other')),
  position       integer NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT phone_number_once UNIQUE (number_index)
);
CREATE INDEX phone_patient ON phone (patient_id);

-- What patient and staff said about consent, never changed; the current state is derived (CON-3).
CREATE TABLE consent_record (
  seq             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id              uuid NOT NULL UNIQUE,
  patient_id      uuid NOT NULL REFERENCES patient (id),
  phone_id        uuid REFERENCES phone (id),  -- NULL: every number of the patient
  kind            text NOT NULL CHECK (kind IN ('reminders', 'care', 'secure-link', 'outreach', 'all')),
  state           text NOT NULL CHECK (state IN ('requested', 'granted', 'revoked')),
  method          text NOT NULL CHECK (method IN ('paper', 'verbal', 'web', 'text')),
  wording_version text NOT NULL,
  recorded_by     text NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX consent_record_patient ON consent_record (patient_id, seq DESC);

CREATE TABLE conversation (
  id               uuid PRIMARY KEY,
  patient_id       uuid NOT NULL REFERENCES patient (id),
  line             text NOT NULL REFERENCES line (id),
  last_message_id  uuid,
  last_activity_at timestamptz NOT NULL DEFAULT now(),
  last_inbound_seq bigint NOT NULL DEFAULT 0,
  created_at       timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT conversation_once UNIQUE (patient_id, line)
) WITH (fillfactor = 70);
CREATE INDEX conversation_activity ON conversation (line, last_activity_at DESC, id);

CREATE TABLE message (
  seq              bigint GENERATED ALWAYS AS IDENTITY,
  id               uuid PRIMARY KEY,
  conversation_id  uuid NOT NULL REFERENCES conversation (id),
  patient_id       uuid NOT NULL,
  phone_id         uuid NOT NULL,
  line             text NOT NULL,
  direction        text NOT NULL CHECK (direction IN ('out', 'in')),
  kind             text NOT NULL,              -- consent kind it was sent under; 'reply' for inbound and for answers to STOP, HELP
  sealed_text      bytea NOT NULL,
  encoding         text NOT NULL CHECK (encoding IN ('gsm7', 'ucs2')),
  segments         integer NOT NULL,
  state            text NOT NULL,
  may_be_duplicate boolean NOT NULL DEFAULT false,
  sender           text NOT NULL,              -- login of the person, name of the client or rule, 'patient'
  created_at       timestamptz NOT NULL DEFAULT now(),
  expires_at       timestamptz,
  xid              xid8 NOT NULL DEFAULT pg_current_xact_id()  -- cursors follow (xid, seq): see Cursor
) WITH (fillfactor = 80);
CREATE INDEX message_conversation ON message (conversation_id, seq DESC);
CREATE INDEX message_line ON message (line, xid, seq);
CREATE INDEX message_line_inbound ON message (line, xid, seq) WHERE direction = 'in';

CREATE TABLE message_history (
  message_id  uuid NOT NULL,
  seq         bigint GENERATED ALWAYS AS IDENTITY,
  state       text NOT NULL,
  at          timestamptz NOT NULL,
  detail      text NOT NULL,
  PRIMARY KEY (message_id, seq)
);

CREATE TABLE conversation_seen (
  conversation_id  uuid NOT NULL REFERENCES conversation (id),
  account_id       uuid NOT NULL REFERENCES account (id),
  seen_seq         bigint NOT NULL,
  PRIMARY KEY (conversation_id, account_id)
);

CREATE TABLE idempotency (
  client_id    uuid NOT NULL,
  key          text NOT NULL,
  body_hash    bytea NOT NULL,
  message_id   uuid NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (client_id, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);

-- Who did or saw what. Written in the transaction of the act; the server's role can add and read, nothing else.
CREATE TABLE audit_event (
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT now(),
  actor_kind  text NOT NULL CHECK (actor_kind IN ('person', 'client', 'system', 'patient', 'anonymous')),
  actor_id    uuid,
  actor_name  text NOT NULL,
  action      text NOT NULL,
  patient_ids uuid[] NOT NULL DEFAULT '{}',
  object_id   uuid,
  line        text,
  detail      text NOT NULL DEFAULT '',
  address     text NOT NULL,
  xid         xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX audit_event_cursor ON audit_event (xid, seq);
CREATE INDEX audit_event_patient ON audit_event USING gin (patient_ids);

-- Events on their way to the Cassandra archive; a row leaves when it is safe there.
CREATE TABLE archive_outbox (
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id    uuid NOT NULL,
  patient_id  uuid NOT NULL,
  kind        text NOT NULL,
  at          timestamptz NOT NULL,
  sealed      bytea NOT NULL
);

GRANT USAGE ON SCHEMA wardline TO wardline_server;
-- UPDATE only where a row changes, column by column: what a text said, who a session belongs to or what the keys are
-- stays as it was written.
GRANT SELECT, INSERT ON line, account, patient, phone, conversation, message, conversation_seen, api_client, system_key,
  consent_record, message_history, audit_event TO wardline_server;
GRANT UPDATE (name, number, practice_name) ON line TO wardline_server;
GRANT UPDATE (totp_last_step, failures, locked_until, last_sign_in_at) ON account TO wardline_server;
GRANT UPDATE (sealed_profile, external_id_index, language, time_zone, known, updated_at) ON patient TO wardline_server;
GRANT UPDATE (last_message_id, last_activity_at, last_inbound_seq) ON conversation TO wardline_server;
GRANT UPDATE (state, may_be_duplicate) ON message TO wardline_server;
GRANT UPDATE (seen_seq) ON conversation_seen TO wardline_server;
GRANT UPDATE (token_hash, scopes, expires_at, revoked_at) ON api_client TO wardline_server;
GRANT SELECT, INSERT, DELETE ON patient_key, idempotency, archive_outbox, session TO wardline_server;
GRANT UPDATE (last_seen_at) ON session TO wardline_server;
-- Number, time and transaction of an audit event come from the database, never from whoever writes it.
REVOKE INSERT ON audit_event FROM wardline_server;
GRANT INSERT (actor_kind, actor_id, actor_name, action, patient_ids, object_id, line, detail, address)
  ON audit_event TO wardline_server;
