-- Rows that a run of this process has in hand are renewed while their call is under way. One that is locked is being settled.
UPDATE push_state s SET claimed_until = clock_timestamp() + CAST(:#${properties:saddlebag.push.lease} AS interval)
  FROM (SELECT org_id, target, record_key FROM push_state
         WHERE claimed_until IS NOT NULL AND run_id = ANY (CAST(string_to_array(:#${body}, ',') AS bigint[]))
           FOR UPDATE SKIP LOCKED) held
 WHERE s.org_id = held.org_id AND s.target = held.target AND s.record_key = held.record_key
