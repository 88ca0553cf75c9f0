-- Finds the targets that are switched on, have records with an unknown outcome, and have no run. Records that a process has claimed do not count. A record that
-- was tried without result is tried again after a pause, see push_pause.
SELECT DISTINCT t.org_id, t.target
  FROM push_targets t
  JOIN organisations o USING (org_id)
  JOIN push_state s ON s.org_id = t.org_id AND s.target = t.target
 WHERE t.state = 'on' AND o.connection_id IS NOT NULL AND push_guarded_because(CAST(:#${bean:pushGuard?method=process} AS jsonb)) IS NULL
   AND s.status = 'unknown' AND (s.claimed_until IS NULL OR s.claimed_until < clock_timestamp())
   AND (s.claimed_until IS NOT NULL OR greatest(s.tried_at, s.checked_at) < clock_timestamp() - push_pause(s))
   AND NOT EXISTS (SELECT FROM sync_runs r WHERE r.org = t.org_id AND r.entity = t.target AND r.status = 'running')
