-- Removes old messages and old problems that are over. Keeps the last message that each channel accepted, and muted problems.
WITH old AS (SELECT clock_timestamp() - CAST(:#${properties:saddlebag.alerts.keep-days} AS integer) * interval '24 hours' AS before),
messages AS (
    DELETE FROM alert_messages m USING old
     WHERE m.created_at < old.before AND (m.sent_at IS NOT NULL OR m.given_up_at IS NOT NULL)
       AND m.id NOT IN (SELECT max(n.id) FROM alert_messages n WHERE n.sent_at IS NOT NULL GROUP BY n.channel)
)
DELETE FROM alerts a USING old WHERE a.state = 'resolved' AND a.since < old.before AND coalesce(a.muted_until, '-infinity') < clock_timestamp()
