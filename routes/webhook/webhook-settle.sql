-- An event is settled only while its claim holds: an event that another process works on belongs to that process. The outcome pending leaves
-- the event to be fetched and does not count as an attempt. A replayed event closes its dead letter.
-- For a status that is rare in the statistics, PostgreSQL would read all events instead of those of a record; a plan that was made while
-- the inbox was empty, and kept, would read all events for each outcome (0.8 s for a hundred). So the events are found by their record
-- first, and then updated by id.
WITH settled AS (
    SELECT * FROM jsonb_to_recordset(CAST(:#${body} AS jsonb))
        AS s(event_id text, until timestamptz, zoho_id text, status text, error text, alone boolean, asked_at timestamptz)
),
found AS (
    SELECT s.*, e.id AS found
      FROM settled s
     CROSS JOIN LATERAL (SELECT e.id FROM webhook_events e
                          WHERE e.org_id = :#${variable.org} AND e.entity = :#${variable.entity} AND e.zoho_id >= s.zoho_id
                            AND e.zoho_id <= s.zoho_id AND e.status = 'pending' ORDER BY e.zoho_id OFFSET 0) e
),
ended AS (
    UPDATE webhook_events w
       SET status = s.status, error = s.error, claimed_until = NULL,
           processed_at = CASE WHEN s.status <> 'pending' THEN clock_timestamp() END,
           complete = w.complete AND s.status <> 'pending', alone = w.alone OR s.alone, fetched_at = s.asked_at,
           attempts = w.attempts - CAST(s.status = 'pending' AS integer)
      FROM found s
     WHERE w.id = s.found AND w.id = ANY (ARRAY(SELECT f.found FROM found f))
       AND CASE WHEN w.status <> 'pending' THEN false
                WHEN w.event_id = s.event_id THEN w.claimed_until = s.until
                ELSE s.status NOT IN ('dead', 'pending') AND w.told_at < s.asked_at
                     AND coalesce(w.claimed_until <= clock_timestamp(), true) END
    RETURNING w.org_id, w.event_id, w.event, w.zoho_id, w.status, extract(epoch FROM w.processed_at - w.received_at) AS seconds
),
closed AS (
    UPDATE dead_letters l SET closed_at = clock_timestamp()
     WHERE l.closed_at IS NULL
       AND l.id = ANY (ARRAY(SELECT o.id
                               FROM ended e
                              CROSS JOIN LATERAL (SELECT d.id FROM dead_letters d
                                                   WHERE d.org_id = e.org_id AND d.entity = :#${variable.entity} AND d.zoho_id = e.zoho_id
                                                     AND d.event_id = e.event_id AND d.closed_at IS NULL OFFSET 0) o
                              WHERE e.status IN ('done', 'ignored')))
)
SELECT event, status, seconds FROM ended WHERE status <> 'pending'
