-- What a reading of pulls and webhooks found: brackets of one price with the same start, and a webhook whose content comes again.
-- R__prices.sql f4f167a1e1165c13
-- R__webhooks.sql 59344b5d4d6ad80d

-- The timers of incremental runs, full runs and the sweep may fire at the same second. The full run that finds another run is started later.
-- R__runs.sql c54355e27c8a3612
-- R__retention.sql 8222bddc374ee619
CREATE TABLE scheduled_runs (
    org    text        NOT NULL,
    entity text        NOT NULL,
    since  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org, entity)
);
COMMENT ON TABLE scheduled_runs IS 'Full runs of the schedule that found another run of their kind. Each starts when that run has ended.';
COMMENT ON COLUMN scheduled_runs.since IS 'when the timer fired first';
