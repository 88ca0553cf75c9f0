-- Its own claim must still hold; what another process works at is that one's. Replayed, an event closes its dead letter.
WITH ended AS (
    UPDATE webhook_events
       SET status = :#${variable.outcome}, error = CAST(:#${variable.error} AS text), processed_at = clock_timestamp(), claimed_until = NULL
     WHERE org_id = :#${variable.org} AND entity = :#${variable.entity} AND zoho_id = :#${variable.claim[zoho_id]} AND status = 'pending'
       AND CASE WHEN event_id = :#${variable.eventId} THEN claimed_until = CAST(:#${variable.until} AS timestamptz)
                ELSE :#${variable.outcome} <> 'dead' AND told_at < CAST(:#${variable.askedAt} AS timestamptz)
                     AND coalesce(claimed_until <= clock_timestamp(), true) END
    RETURNING org_id, event_id, event, status
),
closed AS (
    UPDATE dead_letters l SET closed_at = clock_timestamp()
      FROM ended e
     WHERE e.status <> 'dead' AND l.org_id = e.org_id AND l.event_id = e.event_id AND l.entity = :#${variable.entity}
       AND l.zoho_id = :#${variable.claim[zoho_id]} AND l.closed_at IS NULL
)
SELECT event, status FROM ended
