-- Runs whose wait is over, claimed by this process.
UPDATE sync_runs
   SET waiting_until = NULL, waiting_for = NULL, heartbeat_at = clock_timestamp()
 WHERE id IN (SELECT id FROM sync_runs WHERE status = 'running' AND waiting_until <= clock_timestamp() FOR UPDATE SKIP LOCKED)
RETURNING id
