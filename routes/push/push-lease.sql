-- Rows that a run of this process has in hand are renewed while their call is under way.
UPDATE push_state SET claimed_until = clock_timestamp() + CAST(:#${properties:saddlebag.push.lease} AS interval)
 WHERE claimed_until IS NOT NULL AND run_id = ANY (CAST(string_to_array(:#${body}, ',') AS bigint[]))
