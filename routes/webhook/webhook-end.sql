-- Its own claim must still hold; what another process works at is that one's.
UPDATE webhook_events
   SET status = :#${variable.outcome}, error = CAST(:#${variable.error} AS text), processed_at = clock_timestamp(), claimed_until = NULL
 WHERE org_id = :#${variable.org} AND entity = :#${variable.entity} AND zoho_id = :#${variable.zohoId} AND status = 'pending'
   AND CASE WHEN event_id = :#${variable.eventId} THEN claimed_until = CAST(:#${variable.until} AS timestamptz)
            ELSE :#${variable.outcome} <> 'dead' AND received_at < CAST(:#${variable.askedAt} AS timestamptz)
                 AND coalesce(claimed_until <= clock_timestamp(), true) END
RETURNING event, status
