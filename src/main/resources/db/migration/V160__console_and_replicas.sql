-- The console shows what the last check of a connection found, also after its page was left.
ALTER TABLE organisations
    ADD COLUMN checked_at timestamptz,
    ADD COLUMN check_report jsonb;
COMMENT ON COLUMN organisations.checked_at IS 'when the connection was last checked';
COMMENT ON COLUMN organisations.check_report IS 'what that check found, as POST /api/zoho/check answers it';

-- To forget all letters of a group is a run like a replay: in batches, each committed alone.
-- R__dead_letters.sql eef0c78f7c6d96ab
ALTER TABLE letter_replays
    ADD COLUMN action       text        NOT NULL DEFAULT 'replay' CHECK (action IN ('replay', 'forget')),
    ADD COLUMN forgotten    bigint      NOT NULL DEFAULT 0,
    ADD COLUMN forgotten_to bigint      NOT NULL DEFAULT 0,
    ADD COLUMN ended_at     timestamptz,
    ADD COLUMN cancelled    boolean     NOT NULL DEFAULT false;
CREATE INDEX letter_replays_ended ON letter_replays (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX letter_replays_forgetting ON letter_replays (id) WHERE action = 'forget' AND ended_at IS NULL;
COMMENT ON TABLE letter_replays IS 'Many dead letters that were replayed or forgotten at once. The progress of a replay is read from the events and letters that name it.';
COMMENT ON COLUMN letter_replays.forgotten IS 'letters that are deleted so far';
COMMENT ON COLUMN letter_replays.forgotten_to IS 'id of the last of them; the next batch begins after it';
COMMENT ON COLUMN letter_replays.ended_at IS 'of a forget; null: it goes on, with the next batch of any process';
COMMENT ON COLUMN letter_replays.cancelled IS 'a person ended it';

-- Each process has circuits of its own. Health of any process names the open ones of all.
ALTER TABLE timer_replicas ADD COLUMN open_circuits text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN timer_replicas.open_circuits IS 'organisations whose calls the replica holds back, because Zoho fails; with Meta behind the id, because Meta fails';
