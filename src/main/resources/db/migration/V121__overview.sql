-- The console counts the changes of the last hours.
CREATE INDEX sync_runs_finished ON sync_runs (finished_at);
-- R__search.sql 9707e0fca4aa39a6
