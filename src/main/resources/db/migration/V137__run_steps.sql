-- The steps of runs, for the timeline of a run; what a replica says of itself; and the webhook that brought a change of a record.
-- R__search.sql 03b7c6eb1dc2495d
-- R__runs.sql 9fbbf1d6bd11db99
-- R__retention.sql 4266ebab3e2e64de
CREATE TABLE run_steps (
    run_id        bigint      NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    page          bigint,
    records       bigint,
    waiting_until timestamptz,
    waiting_for   text,
    PRIMARY KEY (run_id, at),
    CHECK ((page IS NULL) <> (waiting_until IS NULL))
);
COMMENT ON TABLE run_steps IS 'When a run stored a page, and when it began to wait, in order of time. A trigger of sync_runs writes the rows.';
COMMENT ON COLUMN run_steps.page IS 'its place in the run; of a push a batch. null: the run began to wait';
COMMENT ON COLUMN run_steps.records IS 'that the page had; of a push, that Zoho confirmed';
COMMENT ON COLUMN run_steps.waiting_for IS 'as sync_runs.waiting_for';

ALTER TABLE timer_replicas
    ADD COLUMN version text,
    ADD COLUMN stopped text[] NOT NULL DEFAULT '{}',
    ADD COLUMN refused text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN timer_replicas.version IS 'of Saddlebag; null until the replica has said it';
COMMENT ON COLUMN timer_replicas.stopped IS 'routes of the replica that do not run';
COMMENT ON COLUMN timer_replicas.refused IS 'edited files that the replica does not use, each with line and reason';
