-- Removes a slice of old runs with their reports and measures, and returns how many runs. Keeps runs of a watermark, the newest run and the newest
-- success of each mode, the newest measures of a kind, runs with deletes that wait for a decision, were refused or restored, and runs with rows of a
-- push that wait for a decision.
WITH runs AS (
    DELETE FROM sync_runs
     WHERE id IN (
           SELECT r.id FROM sync_runs r
            WHERE r.finished_at < clock_timestamp() - CAST(:#${properties:saddlebag.history.days} AS integer) * interval '24 hours'
              AND EXISTS (SELECT 1 FROM sync_runs n
                           WHERE n.org = r.org AND n.entity = r.entity AND n.mode = r.mode AND n.dry_run = r.dry_run AND n.id > r.id
                             AND (n.status IN ('succeeded', 'partial') OR r.status NOT IN ('succeeded', 'partial')))
              AND NOT EXISTS (SELECT 1 FROM sync_watermarks w WHERE w.run_id = r.id)
              AND NOT EXISTS (SELECT 1 FROM sync_deletes d WHERE d.run_id = r.id AND d.state IN ('proposed', 'held', 'refused', 'restored'))
              AND NOT EXISTS (SELECT 1 FROM push_state s WHERE s.run_id = r.id AND s.status = 'held')
              AND (NOT EXISTS (SELECT 1 FROM data_quality q WHERE q.run_id = r.id)
                   OR EXISTS (SELECT 1 FROM data_quality n WHERE n.org_id = r.org AND n.entity = r.entity AND n.run_id > r.id))
            ORDER BY r.id LIMIT 100)
    RETURNING 1
)
SELECT count(*) AS removed FROM runs
