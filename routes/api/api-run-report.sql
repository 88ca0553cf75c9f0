-- The report of a run and of the runs that it resumes; empty if the run has no report. The cost in a plan of a push target is the cost of the run that would send.
WITH parts AS (
    SELECT p.* FROM sync_runs p WHERE p.id IN (SELECT run_parts(:#${variable.id}))
),
records AS (
    SELECT DISTINCT ON (coalesce(s.record_key, s.zoho_id, CAST(s.id AS text))) s.* FROM sync_reports s WHERE s.run_id IN (SELECT id FROM parts)
     ORDER BY coalesce(s.record_key, s.zoho_id, CAST(s.id AS text)), s.id
),
totals AS (
    SELECT sum(seen) AS seen, sum(created) AS created, sum(updated) AS updated, sum(unchanged) AS unchanged, sum(deleted) AS deleted,
           sum(rejected) AS rejected,
           coalesce(max(CAST(found -> 'cost' ->> 'calls' AS bigint)), (SELECT count(*) FROM zoho_calls c WHERE c.run_id IN (SELECT id FROM parts) AND c.released_at > c.at)) AS calls
      FROM parts
)
SELECT CASE WHEN r.mode IN ('verify', 'deletes') OR r.dry_run THEN CAST(coalesce(r.found, '{}') || jsonb_build_object(
           'runId', r.id, 'org', r.org, 'entity', r.entity, 'mode', r.mode, 'dryRun', r.dry_run, 'status', r.status, 'summary', r.summary,
           'totals', jsonb_build_object('seen', t.seen, 'created', t.created, 'updated', t.updated, 'unchanged', t.unchanged,
                                        'deleted', t.deleted, 'rejected', t.rejected)
                     || CASE WHEN r.request IS NULL THEN '{}' ELSE jsonb_build_object('refused', t.rejected, 'waiting', r.waiting, 'conflict', r.found -> 'conflict') END,
           'cost', coalesce(r.found -> 'cost', '{}') - 'api' || jsonb_build_object('calls', t.calls)
                   || CASE WHEN r.found -> 'cost' ->> 'api' = 'meta' -- not out of Zoho's quota, and no limit of a day
                           THEN jsonb_build_object('minutes', round(t.calls / CAST(CAST(:#${properties:saddlebag.meta.calls-per-minute} AS integer) AS numeric), 2),
                                                   'perMinute', CAST(:#${properties:saddlebag.meta.calls-per-minute} AS integer), 'dayLimit', NULL, 'shareOfDay', NULL)
                           ELSE jsonb_build_object('minutes', round(t.calls / CAST(q.per_minute AS numeric), 2), 'perMinute', q.per_minute,
                                      'dayLimit', q.day_limit, 'shareOfDay', round(t.calls / CAST(NULLIF(q.day_limit, 0) AS numeric), 4)) END,
           'records', (SELECT coalesce(jsonb_agg(CASE WHEN r.request IS NULL THEN '{}' ELSE jsonb_build_object('recordKey', s.record_key) END || jsonb_build_object('zohoId', s.zoho_id, 'changes', s.changes, 'error', s.error, 'what',
                                  CASE WHEN r.mode <> 'verify' THEN s.what
                                       ELSE CASE s.what WHEN 'created' THEN 'missing' WHEN 'updated' THEN 'differing' ELSE s.what END END)
                                  ORDER BY s.id), '[]') FROM records s),
           'recordsLeftOut', greatest(0, CASE WHEN r.request IS NULL THEN t.created + t.updated + t.deleted + t.rejected + coalesce(CAST(r.found ->> 'surplus' AS bigint), 0)
                                                           ELSE CAST(r.found ->> 'records' AS bigint) END
                                         - (SELECT count(*) FROM records))) AS text)
       ELSE '' END AS report
  FROM sync_runs r
 CROSS JOIN totals t
  LEFT JOIN zoho_quotas(CAST(:#${properties:zoho.calls-per-minute} AS integer), CAST(NULLIF(:#${properties:zoho.calls-per-day}, '') AS integer),
                        CAST(:#${properties:zoho.call-timeout} AS interval)) q ON q.org_id = r.org
 WHERE r.id = :#${variable.id}
