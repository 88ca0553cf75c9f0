-- Runs: what they did, what they need to be resumed, and what they found.

CREATE TABLE sync_runs (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org           text        NOT NULL,
    entity        text        NOT NULL,
    mode          text        NOT NULL CHECK (mode IN ('incremental', 'full', 'verify', 'remap', 'deletes')),
    trigger       text        NOT NULL CHECK (trigger IN ('timer', 'api', 'staff', 'start', 'resume')),
    status        text        NOT NULL DEFAULT 'running'
                  CHECK (status IN ('running', 'succeeded', 'partial', 'failed', 'cancelled', 'abandoned')),
    waiting_until timestamptz,
    waiting_for   text,
    waiting_since timestamptz,
    dry_run       boolean     NOT NULL DEFAULT false,
    started_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at   timestamptz,
    pages         bigint      NOT NULL DEFAULT 0,
    calls         bigint      NOT NULL DEFAULT 0,
    seen          bigint      NOT NULL DEFAULT 0,
    created       bigint      NOT NULL DEFAULT 0,
    updated       bigint      NOT NULL DEFAULT 0,
    unchanged     bigint      NOT NULL DEFAULT 0,
    deleted       bigint      NOT NULL DEFAULT 0,
    rejected      bigint      NOT NULL DEFAULT 0,
    left_out      bigint      NOT NULL DEFAULT 0,
    kept          bigint      NOT NULL DEFAULT 0,
    unannounced   bigint      NOT NULL DEFAULT 0,
    summary       text,
    found         jsonb,
    error         text,
    epoch         integer     NOT NULL DEFAULT 1,
    heartbeat_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    cursor        jsonb,
    watermark     timestamptz,
    unproved      text,
    resumed_from  bigint      REFERENCES sync_runs (id) ON DELETE SET NULL
);
COMMENT ON TABLE sync_runs IS 'Runs. The columns up to error are what GET /api/sync/runs/{id} shows. From epoch on: what a run needs to be resumed.';
COMMENT ON COLUMN sync_runs.waiting_since IS 'the first of several waits between which the run made no progress';
COMMENT ON COLUMN sync_runs.left_out IS 'records outside the organisation''s filter that were not stored';
COMMENT ON COLUMN sync_runs.kept IS 'records outside the filter that were stored, because they have a row';
COMMENT ON COLUMN sync_runs.unannounced IS 'differing records whose last_modified_time is before the watermark';
COMMENT ON COLUMN sync_runs.summary IS 'what a verification or a dry run found, in one line';
COMMENT ON COLUMN sync_runs.found IS 'the same in figures';
COMMENT ON COLUMN sync_runs.epoch IS 'the process that takes a run over raises it; writes of an older epoch fail';
COMMENT ON COLUMN sync_runs.cursor IS 'the last committed page';
COMMENT ON COLUMN sync_runs.watermark IS 'becomes the watermark of the kind when the run completes';
COMMENT ON COLUMN sync_runs.unproved IS
    'why the run stopped reading before it had met all records of the list; null: it met them all. Such a run ends partial, '
    'its watermark stays, and it proposes no deletes';
-- One run per organisation and kind at a time, whatever started it and on whichever replica.
CREATE UNIQUE INDEX sync_runs_one_at_a_time ON sync_runs (org, entity) WHERE status = 'running';
CREATE INDEX sync_runs_newest ON sync_runs (org, entity, mode, id DESC);
-- The newest run of a kind in any mode. By id, the planner would rather walk the primary key past all other organisations' runs.
CREATE INDEX sync_runs_of_kind ON sync_runs (org, entity, started_at DESC);
-- The newest verification of a kind.
CREATE INDEX sync_runs_verified ON sync_runs (org, entity, id DESC) WHERE found IS NOT NULL;
CREATE INDEX sync_runs_carried_on ON sync_runs (resumed_from) WHERE resumed_from IS NOT NULL;

CREATE TABLE sync_watermarks (
    org        text        NOT NULL,
    entity     text        NOT NULL,
    watermark  timestamptz NOT NULL,
    records    bigint      NOT NULL,
    run_id     bigint      NOT NULL REFERENCES sync_runs (id),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org, entity)
);
COMMENT ON TABLE sync_watermarks IS 'Where the next incremental run starts, and how many records Zoho is expected to list.';

CREATE TABLE sync_pages (
    run_id       bigint      NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    page         bigint      NOT NULL,
    ids          text[]      NOT NULL,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, page)
);
COMMENT ON TABLE sync_pages IS
    'The ids on each page of a full, verify or dry run, rejected records included: what no page showed, Zoho may no longer '
    'have.';
COMMENT ON COLUMN sync_pages.page IS 'its place in the run';

CREATE TABLE sync_reports (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id  bigint NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    zoho_id text,
    what    text   NOT NULL CHECK (what IN ('created', 'updated', 'deleted', 'rejected', 'surplus')),
    changes jsonb,
    error   text,
    UNIQUE (run_id, zoho_id)
);
COMMENT ON TABLE sync_reports IS 'What a dry run would do, or a verification found, record by record; the first saddlebag.report-records of a run.';
COMMENT ON COLUMN sync_reports.zoho_id IS 'null: the record has no usable id';
COMMENT ON COLUMN sync_reports.changes IS '{"price": {"before": 9.5, "after": 12}}; of a key that only source has {"source.cf_color": ...}';

CREATE TABLE sync_deletes (
    run_id       bigint      NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    zoho_id      text        NOT NULL,
    state        text        NOT NULL DEFAULT 'proposed'
                 CHECK (state IN ('proposed', 'held', 'living', 'gone', 'refused', 'restored')),
    reason       text,
    details_at   timestamptz,
    requested_at timestamptz NOT NULL,
    decided_at   timestamptz,
    decided_run  bigint,
    PRIMARY KEY (run_id, zoho_id)
);
COMMENT ON TABLE sync_deletes IS
    'Records that a complete full run did not meet. A row is marked deleted only after Zoho confirmed it for that record.';
COMMENT ON COLUMN sync_deletes.run_id IS 'the full run that did not meet the record';
COMMENT ON COLUMN sync_deletes.reason IS 'why it is held';
COMMENT ON COLUMN sync_deletes.details_at IS 'when it was requested together with others';
COMMENT ON COLUMN sync_deletes.requested_at IS 'when the run began; of a "gone" one, when the confirming call was sent';
COMMENT ON COLUMN sync_deletes.decided_run IS 'the run that confirmed it, which may be a later one';
CREATE INDEX sync_deletes_to_ask ON sync_deletes (run_id, zoho_id) WHERE state = 'proposed';
CREATE INDEX sync_deletes_of_a_record ON sync_deletes (zoho_id);
CREATE INDEX sync_deletes_of_a_run ON sync_deletes (decided_run);

CREATE TABLE data_quality (
    run_id  bigint      NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    org_id  text        NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    entity  text        NOT NULL,
    measure text        NOT NULL,
    count   bigint      NOT NULL,
    of      bigint      NOT NULL,
    share   numeric     GENERATED ALWAYS AS (round(CAST(count AS numeric) / NULLIF(of, 0), 4)) STORED,
    PRIMARY KEY (org_id, entity, run_id, measure)
);
COMMENT ON TABLE data_quality IS 'Gaps in the records of a kind, measured by the kind''s own statement after a run that changed something.';
COMMENT ON COLUMN data_quality.measure IS 'without_sku, negative_stock, ...';
COMMENT ON COLUMN data_quality.of IS 'the number of records that were measured';
COMMENT ON COLUMN data_quality.share IS '0 to 1; null: no records';
CREATE INDEX data_quality_of_a_run ON data_quality (run_id);

CREATE TABLE dead_letters (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id      text        NOT NULL,
    source      text        NOT NULL CHECK (source IN ('pull', 'webhook', 'push')),
    entity      text        NOT NULL,
    zoho_id     text,
    payload     text        NOT NULL,
    digest      text        NOT NULL GENERATED ALWAYS AS (md5(payload)) STORED,
    error       text        NOT NULL,
    attempts    integer     NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    failed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    replayed_at timestamptz,
    closed_at   timestamptz,
    run_id      bigint,
    event_id    text
);
COMMENT ON TABLE dead_letters IS 'What could not be processed: one row for each record and content, however often it fails.';
COMMENT ON COLUMN dead_letters.zoho_id IS 'null: the record has no usable id';
COMMENT ON COLUMN dead_letters.payload IS 'text, because not every payload can be jsonb';
COMMENT ON COLUMN dead_letters.failed_at IS 'the newest attempt';
COMMENT ON COLUMN dead_letters.closed_at IS 'when a later good version of the record was stored';
COMMENT ON COLUMN dead_letters.event_id IS 'of a webhook: its event, which a replay makes pending again';
CREATE UNIQUE INDEX dead_letters_once ON dead_letters (org_id, source, entity, coalesce(zoho_id, ''), digest);
CREATE INDEX dead_letters_open ON dead_letters (org_id, entity, zoho_id) WHERE closed_at IS NULL;
