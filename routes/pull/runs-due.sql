UPDATE sync_runs
   SET waiting_until = NULL, waiting_for = NULL, heartbeat_at = clock_timestamp()
 WHERE id IN (SELECT r.id FROM sync_runs r
               WHERE r.status = 'running'
                 AND (r.waiting_until <= clock_timestamp()
                      OR EXISTS (SELECT FROM push_targets t WHERE t.org_id = r.org AND t.target = r.waiting_for)
                         AND NOT EXISTS (SELECT FROM sync_runs o WHERE o.org = r.org AND o.entity = r.waiting_for AND o.status = 'running' AND o.id < r.id))
                 FOR UPDATE SKIP LOCKED)
RETURNING id, entity
