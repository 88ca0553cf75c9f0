-- What the lists of the console need: of runs, of their records and dead letters, of replays, of found records and of tables.
-- R__audit.sql 0b2f7a9c496c97b8
-- R__retention.sql 9525416c508c5b19
-- R__search.sql 14018071c231f74e

-- The open dead letters of a run, and the events of a replay that failed again, in the order of their ids.
CREATE INDEX dead_letters_of_run ON dead_letters (run_id) WHERE run_id IS NOT NULL AND closed_at IS NULL;
DROP INDEX webhook_events_replayed;
CREATE INDEX webhook_events_replayed ON webhook_events (replay_id, status, id) WHERE replay_id IS NOT NULL;

-- search_records returns a column more, which CREATE OR REPLACE cannot add.
DROP FUNCTION IF EXISTS search_records(jsonb, text, text, integer, jsonb);

CREATE TABLE run_created (
    run_id  bigint NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    zoho_id text   NOT NULL,
    PRIMARY KEY (run_id, zoho_id)
);
COMMENT ON TABLE run_created IS 'The records that a run created. What a run changed is in record_changes.';

-- The records of a run, in the order of kind and id.
DROP INDEX record_changes_of_run;
CREATE INDEX record_changes_of_run ON record_changes (run_id, entity, zoho_id) WHERE run_id IS NOT NULL;
