-- The first 1000 of the table sync_deletes.
WITH listed AS (
    SELECT * FROM sync_deletes WHERE run_id = :#${variable.id} OR decided_run = :#${variable.id}
)
SELECT CAST(json_build_object(
           'runId', r.id, 'entity', r.entity,
           'counts', (SELECT coalesce(json_object_agg(state, n ORDER BY state), '{}')
                        FROM (SELECT state, count(*) AS n FROM listed GROUP BY state) c),
           'deletes', (SELECT coalesce(json_agg(json_build_object(
                                  'zohoId', zoho_id, 'state', state, 'reason', reason, 'decidedAt', decided_at, 'decidedBy', decided_run)
                                  ORDER BY zoho_id), '[]')
                         FROM (SELECT * FROM listed ORDER BY zoho_id LIMIT 1000) d)) AS text) AS deletes
  FROM sync_runs r WHERE r.id = :#${variable.id}
