-- Runs to resume. Each was abandoned, is the newest run of its mode, and had a heartbeat within resume-within. No run of its kind is running.
-- now() in place of clock_timestamp(), because an index serves only a limit that does not change during the statement (sync_runs_abandoned).
SELECT n.org, n.entity, n.mode, n.dry_run, CAST(n.request AS text) AS wanted, 'resume' AS trigger
  FROM sync_runs n
 WHERE n.status = 'abandoned'
   AND n.heartbeat_at > now() - CAST(:#${properties:saddlebag.pull.resume-within} AS interval)
   AND NOT EXISTS (SELECT 1 FROM sync_runs r
                    WHERE r.org = n.org AND r.entity = n.entity AND r.mode = n.mode AND r.dry_run = n.dry_run AND r.id > n.id)
   AND NOT EXISTS (SELECT 1 FROM sync_runs r WHERE r.org = n.org AND r.entity = n.entity AND r.status = 'running')
   AND NOT EXISTS (SELECT 1 FROM organisations o WHERE o.org_id = n.org AND n.request IS NULL AND n.entity <> ALL (o.kinds))
 ORDER BY n.id
