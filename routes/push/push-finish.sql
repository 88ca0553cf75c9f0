-- Ends a run of a target. Sets its status, counts the rows that failed, are held or have an unknown outcome, and says in the run's error how many they are.
-- Returns the line for the log; no row: the run was ended or taken over.
WITH left_behind AS (
    SELECT count(*) FILTER (WHERE s.status = 'failed') AS failed, count(*) FILTER (WHERE s.status = 'unknown') AS unknown,
           count(*) FILTER (WHERE s.status = 'held' AND s.error_code <> 'reverted') AS held,
           min(s.error_text) FILTER (WHERE s.status = 'held' AND s.error_code <> 'reverted') AS held_because
      FROM push_state s
     WHERE s.org_id = :#${variable.org} AND s.target = :#${variable.entity} AND s.run_id IN (SELECT run_parts(CAST(:#${variable.runId} AS bigint)))
),
counted AS ( -- written only if a count changed; a run for selected rows, or for those that Zoho confirmed, does not know the number of all rows
    UPDATE push_targets t
       SET counted_at = clock_timestamp(), updated_at = clock_timestamp(), never = n.never, oldest_due = n.oldest_due
      FROM (SELECT r.org, r.entity,
                   CASE WHEN r.mode = 'verify' OR EXISTS (SELECT FROM jsonb_object_keys(r.request) k WHERE k IN ('keys', 'columns', 'release', 'revert'))
                        THEN (SELECT p.never FROM push_targets p WHERE p.org_id = r.org AND p.target = r.entity)
                        ELSE greatest(0, r.seen - count(s.record_key) FILTER (WHERE s.status <> 'gone')) END AS never,
                   min(coalesce(s.next_at, s.tried_at)) FILTER (WHERE s.status = 'unknown' OR s.next_at <= clock_timestamp()) AS oldest_due
              FROM sync_runs r LEFT JOIN push_state s ON s.org_id = r.org AND s.target = r.entity
             WHERE r.id = :#${variable.runId} GROUP BY r.id) n
     WHERE t.org_id = n.org AND t.target = n.entity AND (t.never, t.oldest_due) IS DISTINCT FROM (n.never, n.oldest_due)
),
finished AS (
    UPDATE sync_runs r
       SET status = CASE WHEN NOT r.dry_run AND (r.rejected > 0 OR l.failed + l.unknown + l.held > 0) THEN 'partial' ELSE 'succeeded' END,
           failed = l.failed, unknown = l.unknown, held = l.held, finished_at = clock_timestamp(),
           error = NULLIF(concat_ws('; ', r.error,
                       CASE WHEN l.held > 0 THEN format('%s rows are held, and none of them was sent: %s. GET %s lists them; POST /api/push/runs/%s/release '
                                                        || 'sends them, POST /api/push/runs/%s/refuse leaves them', l.held, l.held_because, push_address(r.org, '/api/push/' || r.entity, 'status=held'), r.id, r.id) END,
                       CASE WHEN r.rejected > 0 AND NOT r.dry_run THEN format('%s rows are refused: GET %s says why', r.rejected, push_address(r.org, '/api/push/' || r.entity, 'status=refused')) END,
                       CASE WHEN l.failed > 0 THEN format('%s rows failed: GET %s says why', l.failed, push_address(r.org, '/api/push/' || r.entity, 'status=failed')) END,
                       CASE WHEN l.unknown > 0 THEN format('the outcome of %s rows is unknown; the next run checks them', l.unknown) END), ''),
           calls = (SELECT count(*) FROM zoho_calls c WHERE c.run_id = r.id AND c.released_at > c.at)
      FROM left_behind l
     WHERE r.id = :#${variable.runId} AND r.epoch = :#${variable.run[epoch]} AND r.status = 'running'
    RETURNING r.*
)
SELECT format('run %s %s %s by %s: %s in %s s: %s calls, %s rows, %s created, %s updated, %s deleted, %s unchanged, %s refused, %s waiting, %s failed, %s unknown, %s held%s',
              id, entity, CASE WHEN dry_run AND mode = 'push' THEN 'plan' ELSE mode END, trigger, status, round(extract(epoch FROM finished_at - started_at), 1),
              calls, seen, created, updated, deleted, unchanged, rejected, waiting, failed, unknown, held, '; ' || summary) AS line, entity, mode, status
  FROM finished
