CREATE TABLE zoho_calls (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id      text        NOT NULL,
    at          timestamptz NOT NULL,
    answered_at timestamptz,
    released_at timestamptz NOT NULL,
    method      text        NOT NULL,
    path        text        NOT NULL,
    status      integer,
    zoho_code   text,
    ms          integer,
    purpose     text        NOT NULL CHECK (purpose IN ('pull', 'webhook', 'push', 'check')),
    run_id      bigint
);
COMMENT ON TABLE zoho_calls IS
    'The ledger of all calls to Zoho. A row is committed before its call is sent: the ledger is the rate limiter of all '
    'replicas.';
COMMENT ON COLUMN zoho_calls.at IS 'when the slot was taken; the call left after this moment, never before';
COMMENT ON COLUMN zoho_calls.released_at IS
    'until then the call holds its slot: 60 s after its answer, or after its time-out. Equal to "at": the call was never '
    'sent. It counts neither for the day nor for a run';
CREATE INDEX zoho_calls_held ON zoho_calls (org_id, released_at);
CREATE INDEX zoho_calls_day ON zoho_calls (org_id, at);
CREATE INDEX zoho_calls_run ON zoho_calls (run_id) WHERE run_id IS NOT NULL;

CREATE TABLE work_locks (
    name text PRIMARY KEY
);
COMMENT ON TABLE work_locks IS
    'Work that only one transaction may do at a time takes a row of this table by lock_work, until its end. PostgreSQL''s '
    'advisory locks are open to every role that may log in: a reader who guessed their keys could stop all calls and the '
    'inbox. A row lock needs the right to write to the table.';
