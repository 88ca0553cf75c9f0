-- Removes a slice of each table, and returns how many rows. A dead event without a dead letter may go, because a user deleted the letter.
WITH days AS (
    SELECT clock_timestamp() - CAST(:#${properties:saddlebag.webhook.keep-days} AS integer) * interval '24 hours' AS keep
),
events AS (
    DELETE FROM webhook_events
     WHERE id IN (SELECT e.id FROM webhook_events e
                   WHERE (e.status IN ('done', 'ignored')
                          OR e.status = 'dead' AND NOT EXISTS (SELECT FROM dead_letters d
                                                                WHERE d.source = 'webhook' AND d.org_id = e.org_id AND d.event_id = e.event_id))
                     AND e.processed_at < (SELECT keep FROM days)
                   ORDER BY e.id LIMIT 5000)
    RETURNING 1
),
findings AS (
    DELETE FROM poll_findings WHERE ctid IN (SELECT ctid FROM poll_findings WHERE found_at < (SELECT keep FROM days) LIMIT 5000) RETURNING 1
),
counts AS (
    DELETE FROM webhook_counts WHERE ctid IN (SELECT ctid FROM webhook_counts WHERE hour < (SELECT keep FROM days) LIMIT 5000) RETURNING 1
)
SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM findings) + (SELECT count(*) FROM counts) AS removed
