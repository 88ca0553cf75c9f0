UPDATE sync_runs
   SET status = 'abandoned', finished_at = clock_timestamp(), error = :#${variable.error},
       calls = (SELECT count(*) FROM zoho_calls c WHERE c.run_id = sync_runs.id AND c.released_at > c.at)
 WHERE id = :#${variable.runId} AND epoch = :#${variable.run[epoch]} AND status = 'running'
RETURNING format('run %s %s %s by %s: stopped after %s pages: %s', id, entity, mode, trigger, pages, error) AS line, entity, mode, status
