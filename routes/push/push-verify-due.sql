-- Finds the targets that are due for a verification. A verification needs at most one call for each confirmed record. One that failed, or that was about some
-- keys, does not count; a repair of the whole target does (whole), though its request has the keys that it repairs.
-- A week counts from 156 hours (6.5 days) on. The timer fires once a day, and the last verification began some time after the timer had fired: with 168
-- hours it would not be due at the same time a week later, but a day after that.
SELECT t.org_id, t.target, 'verify' AS mode, 'timer' AS trigger, true AS dry_run, '{}' AS wanted
  FROM push_targets t
  JOIN organisations o USING (org_id)
  JOIN zoho_quotas(CAST(:#${properties:zoho.calls-per-minute} AS integer), CAST(NULLIF(:#${properties:zoho.calls-per-day}, '') AS integer),
                   CAST(:#${properties:zoho.call-timeout} AS interval)) q USING (org_id)
 WHERE t.state = 'on' AND o.connection_id IS NOT NULL AND t.target = ANY (string_to_array(:#${variable.names}, ','))
   AND t.released_at < clock_timestamp() - interval '156 hours'
   AND NOT EXISTS (SELECT FROM sync_runs r WHERE r.org = t.org_id AND r.entity = t.target AND r.mode = 'verify' AND r.started_at > clock_timestamp() - interval '156 hours'
                      AND r.status IN ('succeeded', 'partial') AND (r.request -> 'keys' IS NULL OR CAST(r.request ->> 'whole' AS boolean)))
   AND EXISTS (SELECT FROM push_state s WHERE s.org_id = t.org_id AND s.target = t.target AND s.sent IS NOT NULL)
   AND (q.day_remaining IS NULL
        OR (SELECT count(*) FROM push_state s WHERE s.org_id = t.org_id AND s.target = t.target AND s.sent IS NOT NULL AND s.status <> 'gone') * 2 <= q.day_remaining)
