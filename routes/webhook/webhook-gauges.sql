SELECT g.metric, g.description, g.value, i.org, NULL AS entity
  FROM (SELECT o.org_id AS org, count(e.id) AS pending,
               coalesce(extract(epoch FROM clock_timestamp() - min(e.due_at) FILTER (WHERE e.due_at <= clock_timestamp())), 0) AS seconds
          FROM organisations o
          LEFT JOIN webhook_events e ON e.org_id = o.org_id AND e.status = 'pending'
         GROUP BY o.org_id) i
 CROSS JOIN LATERAL (VALUES
       ('saddlebag.webhooks.pending', 'Events that are not settled, those that back off among them', i.pending),
       ('saddlebag.webhooks.oldest.due.seconds', 'Seconds that the oldest due event has been due; 0 when none is due', i.seconds)
       ) AS g(metric, description, value)
UNION ALL
SELECT g.metric, g.description, g.value, w.org_id, w.entity
  FROM webhooks_of_a_day w
 CROSS JOIN LATERAL (VALUES
       ('saddlebag.webhooks.told', 'Changes of the last day that webhooks reported', coalesce(w.told, 0)),
       ('saddlebag.webhooks.missed', 'Changes of the last day that a run found and no webhook had reported', w.missed)
       ) AS g(metric, description, value)
