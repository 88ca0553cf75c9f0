-- Also finds an event that a concurrent replay has just set to pending.
WITH letter AS (
    UPDATE dead_letters SET replayed_at = clock_timestamp() WHERE id = :#${variable.id}
    RETURNING org_id, source, entity, zoho_id, event_id
),
revived AS (
    UPDATE webhook_events w
       SET status = 'pending', attempts = 0, due_at = clock_timestamp(), claimed_until = NULL, processed_at = NULL, error = NULL
      FROM letter l
     WHERE l.source = 'webhook' AND w.org_id = l.org_id AND w.event_id = l.event_id AND w.status = 'dead'
    RETURNING w.event_id
)
SELECT l.org_id AS org, l.source, l.entity, l.zoho_id AS zoho_id, coalesce((SELECT r.event_id FROM revived r), w.event_id) AS event_id
  FROM letter l
  LEFT JOIN webhook_events w ON l.source = 'webhook' AND w.org_id = l.org_id AND w.event_id = l.event_id AND w.status IN ('dead', 'pending')
