-- The console shows dead letters by their reason, and a replay of many with its progress.

-- What differs between two failures of one cause is taken out: quoted values, keys, times, decimals and ids.
ALTER TABLE dead_letters
    ADD COLUMN reason text NOT NULL GENERATED ALWAYS AS (left(regexp_replace(left(error, 1000),
        '"[^"]*"|\([^)]*\)(?= already)|(?<=contains )\(.*|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.+Z]*|[0-9]+\.[0-9]+|[0-9]{5,}|[[:cntrl:]]+', '…', 'g'), 200)) STORED,
    ADD COLUMN replay_id bigint;
COMMENT ON COLUMN dead_letters.reason IS 'error without what differs from record to record, at most 200 characters';
COMMENT ON COLUMN dead_letters.replay_id IS 'of a push: the newest replay of many that it was part of';
CREATE INDEX dead_letters_by_reason ON dead_letters (org_id, source, entity, reason, id) INCLUDE (created_at, failed_at) WHERE closed_at IS NULL;
CREATE INDEX dead_letters_newest ON dead_letters (org_id, failed_at, id) WHERE closed_at IS NULL;
CREATE INDEX dead_letters_replayed ON dead_letters (replay_id) WHERE replay_id IS NOT NULL;

ALTER TABLE webhook_events ADD COLUMN replay_id bigint;
COMMENT ON COLUMN webhook_events.replay_id IS 'the newest replay of many dead letters that it was part of';
CREATE INDEX webhook_events_replayed ON webhook_events (replay_id, status) WHERE replay_id IS NOT NULL;

CREATE TABLE letter_replays (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id     text        NOT NULL,
    request    jsonb       NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    found      bigint      NOT NULL,
    replayed   bigint      NOT NULL,
    moved_on   bigint      NOT NULL DEFAULT 0
);
CREATE INDEX letter_replays_newest ON letter_replays (org_id, id);
COMMENT ON TABLE letter_replays IS 'Replays of many dead letters. Their progress is read from the events and letters that name them.';
COMMENT ON COLUMN letter_replays.request IS 'which letters: entity, source, reason, error, since, before';
COMMENT ON COLUMN letter_replays.found IS 'letters that fit; those that name no record cannot be replayed';
COMMENT ON COLUMN letter_replays.moved_on IS 'letters that failed again, and that a later replay took';
-- R__dead_letters.sql 52899d38c0164844
-- R__deletes.sql 61cf0360a7fd2340
-- R__search.sql b937044fbd4a8348
-- R__audit.sql 20e3026f092923c0
