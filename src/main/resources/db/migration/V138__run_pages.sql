-- How far a release of deletes is, who started a run, and which replay changed a record.
-- R__runs.sql 85f2f775f7665769
-- R__search.sql cba039083057e4f4
-- R__audit.sql 30bbba0c4dd5df76
-- run_pace returns a column more, which CREATE OR REPLACE cannot add.
DROP FUNCTION IF EXISTS run_pace(sync_runs);
