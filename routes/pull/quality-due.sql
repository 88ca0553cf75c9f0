-- Whether the run, or those that it carries on, changed something, or nobody has measured yet.
SELECT NOT r.dry_run AND NOT EXISTS (SELECT FROM data_quality q WHERE q.run_id = r.id)
   AND ((SELECT sum(p.created + p.updated + p.deleted) FROM sync_runs p WHERE p.id IN (SELECT run_parts(r.id))) > 0
        OR NOT EXISTS (SELECT FROM data_quality q WHERE q.org_id = r.org AND q.entity = r.entity)) AS due
  FROM sync_runs r
 WHERE r.id = CAST(:#${variable.runId} AS bigint) AND r.epoch = :#${variable.epoch} AND r.status = 'running'
