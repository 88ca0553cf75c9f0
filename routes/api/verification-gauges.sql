SELECT DISTINCT ON (r.org, r.entity) r.org, r.entity, extract(epoch FROM r.finished_at) AS at, CAST(r.found AS text) AS found
  FROM sync_runs r WHERE r.found IS NOT NULL AND r.status IN ('succeeded', 'partial')
 ORDER BY r.org, r.entity, r.id DESC
