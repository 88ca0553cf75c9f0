-- What could not be processed, once per record and content however often it comes.
CREATE TABLE dead_letters (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id      text        NOT NULL,
    source      text        NOT NULL CHECK (source IN ('pull', 'webhook', 'push')),
    entity      text        NOT NULL,
    zoho_id     text,                                       -- null when the record has none that is usable
    payload     text        NOT NULL,                       -- text: not every payload can be jsonb
    digest      text        NOT NULL GENERATED ALWAYS AS (md5(payload)) STORED,
    error       text        NOT NULL,
    attempts    integer     NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    failed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),   -- the newest attempt
    replayed_at timestamptz,
    closed_at   timestamptz,                                -- a later good version was stored
    run_id      bigint
);
CREATE UNIQUE INDEX dead_letters_once ON dead_letters (org_id, source, entity, coalesce(zoho_id, ''), digest);
CREATE INDEX dead_letters_open ON dead_letters (org_id, entity, zoho_id) WHERE closed_at IS NULL;
