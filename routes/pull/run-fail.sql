-- Ends a run as failed. Its cursor is kept, so that a later run can resume it, unless the run failed during its deletion checks: then the next full run
-- reads all records again.
UPDATE sync_runs
   SET cursor = CASE WHEN cursor ->> 'read' = 'deletes' THEN NULL ELSE cursor END,
       status = 'failed', finished_at = clock_timestamp(), error = :#${variable.error},
       calls = (SELECT count(*) FROM zoho_calls c WHERE c.run_id = sync_runs.id AND c.released_at > c.at)
 WHERE id = :#${variable.runId} AND epoch = :#${variable.run[epoch]} AND status = 'running'
RETURNING format('run %s %s %s by %s: failed after %s pages: %s', id, entity, mode, trigger, pages, error) AS line, entity, mode, status
