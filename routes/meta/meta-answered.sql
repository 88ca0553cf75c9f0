-- A call that was sent holds its slot until a minute after its answer. A call that was not sent gives its slot back, as in zoho-answered.sql.
-- After a limit, no call to the catalogue is sent for saddlebag.meta.limit-pause.
WITH answered AS (
    UPDATE zoho_calls
       SET answered_at = clock_timestamp(),
           released_at = CASE WHEN coalesce(CAST(:#${variable.answer.status} AS text), :#${variable.answer.fault}) IS NULL THEN at
                              ELSE clock_timestamp() + interval '1 minute' END,
           status = CAST(:#${variable.answer.status} AS integer),
           zoho_code = CAST(CAST(:#${variable.answer.code} AS integer) AS text),
           ms = extract(epoch FROM clock_timestamp() - at) * 1000
     WHERE id = CAST(:#${variable.slot[call_id]} AS bigint)
)
UPDATE organisations
   SET meta_blocked_until = clock_timestamp() + CAST(:#${properties:saddlebag.meta.limit-pause} AS interval), updated_at = clock_timestamp()
 WHERE org_id = :#${variable.org} AND CAST(:#${variable.answer.limit} AS boolean)
