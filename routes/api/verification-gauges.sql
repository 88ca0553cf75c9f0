WITH verification AS MATERIALIZED (
    SELECT DISTINCT ON (r.org, r.entity) r.org, r.entity, extract(epoch FROM r.finished_at) AS at, r.found
      FROM sync_runs r WHERE r.found IS NOT NULL AND r.status IN ('succeeded', 'partial')
     ORDER BY r.org, r.entity, r.id DESC)
SELECT 'saddlebag.verification.records' AS metric, 'Records of the last verification, by what it found' AS description,
       coalesce(CAST(found ->> result AS numeric), 0) AS value, org, entity, result
  FROM verification CROSS JOIN unnest(ARRAY['zoho', 'postgresql', 'differing', 'missing', 'surplus', 'unannounced']) AS result
UNION ALL
SELECT 'saddlebag.verification.last.seconds', 'When the last verification ended, in seconds since 1970', at, org, entity, NULL FROM verification
