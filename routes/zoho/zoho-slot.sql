-- zoho_take_slot (db/functions/R__calls.sql) counts the calls of all replicas under a lock. It returns a slot, or the wait and its limit:
-- the minute, the day, calls in flight, or the organisation's blocked_until.
SELECT call_id, sent_at, wait_ms, waiting_for, per_minute,
       CASE WHEN :#${variable.path} LIKE '/desk/%' THEN (SELECT o.desk_org_id FROM organisations o WHERE o.org_id = :#${variable.org}) END AS desk_org_id
  FROM zoho_take_slot(:#${variable.org}, :#${variable.method}, :#${variable.path}, :#${variable.purpose},
                      CAST(:#${variable.runId} AS bigint),
                      CAST(:#${properties:zoho.calls-per-minute} AS integer),
                      CAST(NULLIF(:#${properties:zoho.calls-per-day}, '') AS integer),
                      CAST(:#${properties:zoho.calls-in-flight} AS integer),
                      CAST(:#${properties:zoho.call-timeout} AS interval),
                      CAST(:#${properties:zoho.day-reserve-percent} AS integer),
                      CAST(:#${variable.records} AS integer),
                      CAST(NULLIF(:#${properties:saddlebag.push.calls-per-minute}, '') AS integer))
