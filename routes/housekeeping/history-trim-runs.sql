-- Runs of long ago, with their reports and measures. Kept: where a watermark stands, the newest success of each mode, the
-- newest measures of a kind, and deletes that wait for a person or that one refused.
DELETE FROM sync_runs r
 WHERE r.finished_at < clock_timestamp() - CAST(:#${properties:saddlebag.history.days} AS integer) * interval '24 hours'
   AND EXISTS (SELECT 1 FROM sync_runs n
                WHERE n.org = r.org AND n.entity = r.entity AND n.mode = r.mode AND n.dry_run = r.dry_run AND n.id > r.id
                  AND n.status IN ('succeeded', 'partial'))
   AND NOT EXISTS (SELECT 1 FROM sync_watermarks w WHERE w.run_id = r.id)
   AND NOT EXISTS (SELECT 1 FROM sync_deletes d WHERE d.run_id = r.id AND d.state IN ('proposed', 'held', 'refused', 'restored'))
   AND (NOT EXISTS (SELECT 1 FROM data_quality q WHERE q.run_id = r.id)
        OR EXISTS (SELECT 1 FROM data_quality n WHERE n.org_id = r.org AND n.entity = r.entity AND n.run_id > r.id))
