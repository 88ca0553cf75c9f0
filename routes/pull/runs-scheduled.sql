-- Full runs of the schedule that found another run of their kind, and whose kind has no running run now. A run of a kind that is no longer copied
-- waits until it is copied again.
SELECT s.org, s.entity, 'full' AS mode, 'timer' AS trigger
  FROM scheduled_runs s JOIN organisations o ON o.org_id = s.org
 WHERE o.connection_id IS NOT NULL AND (o.kinds IS NULL OR s.entity = ANY (o.kinds))
   AND s.entity = ANY (string_to_array(:#${bean:kinds?method=list}, ','))
   AND NOT EXISTS (SELECT FROM sync_runs r WHERE r.org = s.org AND r.entity = s.entity AND r.status = 'running')
 ORDER BY s.since, s.org, s.entity
