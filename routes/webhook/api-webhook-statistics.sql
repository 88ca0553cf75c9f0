-- Counts are per whole hour. Times are those of the newest 10,000 events of the inbox. Refusals before a signature was verified belong to no organisation and are shown to every one.
WITH since AS (SELECT date_trunc('hour', clock_timestamp() - (CAST(:#${variable.request[hours]} AS integer) - 1) * interval '1 hour') AS at),
counted AS (
    SELECT c.org_id, c.entity, c.event, sum(c.count) FILTER (WHERE c.result = 'accepted') AS accepted,
           sum(c.count) FILTER (WHERE c.result = 'duplicate') AS duplicate, sum(c.count) FILTER (WHERE c.result = 'done') AS done,
           sum(c.count) FILTER (WHERE c.result = 'ignored') AS ignored, sum(c.count) FILTER (WHERE c.result = 'dead') AS dead,
           sum(c.count) FILTER (WHERE starts_with(c.result, 'refused-')) AS refused
      FROM webhook_counts c, since s
     WHERE c.org_id IN (:#${variable.org}, '') AND c.hour >= s.at
     GROUP BY 1, 2, 3
),
refused AS (
    SELECT r.org_id, r.entity, r.event, jsonb_object_agg(r.reason, r.count) AS reasons
      FROM (SELECT c.org_id, c.entity, c.event, substr(c.result, 9) AS reason, sum(c.count) AS count FROM webhook_counts c, since s
             WHERE c.org_id IN (:#${variable.org}, '') AND c.hour >= s.at AND starts_with(c.result, 'refused-') GROUP BY 1, 2, 3, 4) r
     GROUP BY 1, 2, 3
),
told AS (
    SELECT n.unsigned, coalesce(jsonb_agg(jsonb_build_object('entity', n.entity, 'event', n.event,
               'received', coalesce(n.accepted, 0) + coalesce(n.duplicate, 0) + coalesce(n.refused, 0),
               'accepted', coalesce(n.accepted, 0), 'duplicate', coalesce(n.duplicate, 0),
               'refused', coalesce(r.reasons, '{}'), 'done', coalesce(n.done, 0), 'ignored', coalesce(n.ignored, 0),
               'dead', coalesce(n.dead, 0)) ORDER BY n.entity, n.event), '[]') AS events
      FROM (SELECT c.*, c.org_id = '' AS unsigned FROM counted c) n LEFT JOIN refused r USING (org_id, entity, event)
     GROUP BY n.unsigned
),
seconds AS (
    SELECT e.entity, count(*) AS done, percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM e.processed_at - e.received_at)) AS took
      FROM (SELECT org_id, entity, status, received_at, processed_at FROM webhook_events ORDER BY id DESC LIMIT 10000) e, since s
     WHERE e.org_id = :#${variable.org} AND e.status = 'done' AND e.received_at >= s.at GROUP BY 1
),
hours AS (
    SELECT f.entity, date_trunc('hour', f.found_at) AS hour, count(*) AS found, count(m.zoho_id) AS missed
      FROM since s
      JOIN poll_findings f ON f.org_id = :#${variable.org} AND f.found_at >= s.at
      LEFT JOIN missed_webhooks m ON m.org_id = f.org_id AND m.entity = f.entity AND m.zoho_id = f.zoho_id AND m.modified_at = f.modified_at
     GROUP BY 1, 2
)
SELECT CAST(jsonb_build_object(
           'org', CAST(:#${variable.org} AS text), 'since', s.at,
           'events', coalesce((SELECT t.events FROM told t WHERE NOT t.unsigned), '[]'),
           'unsigned', coalesce((SELECT t.events FROM told t WHERE t.unsigned), '[]'),
           'pending', (SELECT count(*) FROM webhook_events e WHERE e.org_id = :#${variable.org} AND e.status = 'pending'),
           'oldestDueSeconds', (SELECT coalesce(round(extract(epoch FROM clock_timestamp() - min(e.due_at)), 3), 0) FROM webhook_events e
                                 WHERE e.org_id = :#${variable.org} AND e.status = 'pending' AND e.due_at <= clock_timestamp()),
           'seconds', (SELECT coalesce(jsonb_agg(jsonb_build_object('entity', t.entity, 'done', t.done, 'median', round(CAST(t.took[1] AS numeric), 3),
                           'p99', round(CAST(t.took[2] AS numeric), 3), 'longest', round(CAST(t.took[3] AS numeric), 3)) ORDER BY t.entity), '[]') FROM seconds t),
           'missed', (SELECT coalesce(jsonb_agg(jsonb_build_object('entity', h.entity, 'hour', h.hour, 'foundByRuns', h.found, 'missed', h.missed,
                          'rate', round(CAST(h.missed AS numeric) / nullif(h.missed + a.changes, 0), 3)) ORDER BY h.hour DESC, h.entity), '[]')
                        FROM hours h
                       CROSS JOIN LATERAL (SELECT count(DISTINCT (e.zoho_id, coalesce(e.modified, e.received_at))) AS changes
                                             FROM (SELECT zoho_id, modified, received_at FROM webhook_events e
                                                    WHERE e.org_id = :#${variable.org} AND e.entity = h.entity
                                                      AND e.received_at >= h.hour AND e.received_at < h.hour + interval '1 hour'
                                                    LIMIT CASE WHEN h.missed = 0 THEN 1 END) e) a)) AS text) AS statistics
  FROM since s
