SELECT o.org_id AS org, q.slots_held, q.day_remaining,
       CASE WHEN c.id IS NOT NULL THEN coalesce(greatest(0, extract(epoch FROM c.ends_at - now())), 0) END AS token_seconds,
       (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(r.waiting_since)), 0) FROM sync_runs r
         WHERE r.org = o.org_id AND r.status = 'running' AND r.waiting_until IS NOT NULL) AS run_waiting_seconds
  FROM organisations o
  JOIN zoho_quotas(CAST(:#${properties:zoho.calls-per-minute} AS integer), CAST(NULLIF(:#${properties:zoho.calls-per-day}, '') AS integer),
                   CAST(:#${properties:zoho.call-timeout} AS interval)) q ON q.org_id = o.org_id
  LEFT JOIN connections c ON c.id = o.connection_id
