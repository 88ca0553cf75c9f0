-- The messages are inserted as claimed, so that no timer sends them too.
INSERT INTO alert_messages (channel, kind, attempts, claimed_until)
SELECT channel, 'test', 1, clock_timestamp() + CAST(:#${properties:saddlebag.alerts.lease} AS interval)
  FROM unnest(string_to_array(:#${variable.request[channels]}, ',')) AS c(channel)
RETURNING id, message_id, kind, channel, CAST(alerts AS text) AS alerts, attempts, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
