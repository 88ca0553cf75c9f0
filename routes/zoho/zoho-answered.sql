-- A call that went out holds its slot until a minute after its answer; one that did not (no token) gives it back.
WITH answered AS (
    UPDATE zoho_calls
       SET answered_at = clock_timestamp(),
           released_at = clock_timestamp() + CASE WHEN coalesce(CAST(:#${variable.status} AS text), :#${variable.fault}) IS NULL THEN interval '0' ELSE interval '1 minute' END,
           status = CAST(:#${variable.status} AS integer),
           zoho_code = :#${variable.code},
           ms = extract(epoch FROM clock_timestamp() - at) * 1000
     WHERE id = CAST(:#${variable.slot[call_id]} AS bigint)
)
UPDATE organisations
   SET day_limit = coalesce(CAST(:#${variable.dayLimit} AS integer), day_limit),
       day_remaining = coalesce(CAST(:#${variable.dayRemaining} AS integer), day_remaining),
       day_resets_at = coalesce(clock_timestamp() + CAST(:#${variable.dayReset} AS integer) * interval '1 second', day_resets_at),
       -- how long Zoho blocks after code 44 is nowhere said; the window is a minute
       blocked_until = CASE :#${variable.outcome}
                           WHEN 'minute' THEN clock_timestamp() + interval '1 minute'
                           WHEN 'day' THEN clock_timestamp() + coalesce(CAST(:#${variable.dayReset} AS integer) * interval '1 second', interval '1 hour')
                           ELSE blocked_until END,
       blocked_for = CASE WHEN :#${variable.outcome} IN ('minute', 'day') THEN :#${variable.outcome} ELSE blocked_for END,
       updated_at = clock_timestamp()
 WHERE org_id = :#${variable.org}
   AND (CAST(:#${variable.dayRemaining} AS integer) IS NOT NULL OR :#${variable.outcome} IN ('minute', 'day'))
