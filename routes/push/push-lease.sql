-- Renews the claims of this process's runs while their calls are under way. A row that is locked is skipped, because its outcome is being stored.
UPDATE push_state s SET claimed_until = clock_timestamp() + CAST(:#${properties:saddlebag.push.lease} AS interval)
  FROM (SELECT org_id, target, record_key FROM push_state
         WHERE claimed_until IS NOT NULL AND run_id = ANY (CAST(string_to_array(:#${body}, ',') AS bigint[]))
           FOR UPDATE SKIP LOCKED) held
 WHERE s.org_id = held.org_id AND s.target = held.target AND s.record_key = held.record_key
