SELECT o.org_id AS org, count(e.id) AS pending,
       coalesce(extract(epoch FROM clock_timestamp() - min(e.due_at) FILTER (WHERE e.due_at <= clock_timestamp())), 0) AS seconds
  FROM organisations o
  LEFT JOIN webhook_events e ON e.org_id = o.org_id AND e.status = 'pending'
 GROUP BY o.org_id
