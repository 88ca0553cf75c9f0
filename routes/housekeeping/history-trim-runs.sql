-- Removes old runs with their reports and measures. Keeps runs of a watermark, the newest success of each mode, the newest
-- measures of a kind, and runs with deletes that wait for a person, were refused or restored.
DELETE FROM sync_runs r
 WHERE r.finished_at < clock_timestamp() - CAST(:#${properties:saddlebag.history.days} AS integer) * interval '24 hours'
   AND EXISTS (SELECT 1 FROM sync_runs n
                WHERE n.org = r.org AND n.entity = r.entity AND n.mode = r.mode AND n.dry_run = r.dry_run AND n.id > r.id
                  AND n.status IN ('succeeded', 'partial'))
   AND NOT EXISTS (SELECT 1 FROM sync_watermarks w WHERE w.run_id = r.id)
   AND NOT EXISTS (SELECT 1 FROM sync_deletes d WHERE d.run_id = r.id AND d.state IN ('proposed', 'held', 'refused', 'restored'))
   AND (NOT EXISTS (SELECT 1 FROM data_quality q WHERE q.run_id = r.id)
        OR EXISTS (SELECT 1 FROM data_quality n WHERE n.org_id = r.org AND n.entity = r.entity AND n.run_id > r.id))
