-- Runs by the hour of their end, webhooks by the hour in which their rows were written. Hours without a change are listed too.
WITH hours AS (
    SELECT generate_series(date_trunc('hour', now()) - make_interval(hours => :#${variable.request[hours]} - 1), date_trunc('hour', now()), '1 hour') AS hour
), changes AS (
    SELECT date_trunc('hour', r.finished_at) AS hour, r.created, r.updated, r.deleted, 0 AS webhooks
      FROM sync_runs r
     WHERE r.finished_at >= (SELECT min(hour) FROM hours) AND NOT r.dry_run AND r.mode IN ('incremental', 'full', 'deletes')
       AND (CAST(:#${variable.org} AS text) IS NULL OR r.org = :#${variable.org})
    UNION ALL
    SELECT c.hour, 0, 0, 0, c.count
      FROM webhook_counts c
     WHERE c.hour >= (SELECT min(hour) FROM hours) AND c.result = 'done'
       AND (CAST(:#${variable.org} AS text) IS NULL OR c.org_id = :#${variable.org})
)
SELECT CAST(json_build_object('changes', json_agg(json_build_object('hour', hour, 'created', created, 'updated', updated, 'deleted', deleted,
           'webhooks', webhooks) ORDER BY hour)) AS text) AS changes
  FROM (SELECT h.hour, coalesce(sum(c.created), 0) AS created, coalesce(sum(c.updated), 0) AS updated, coalesce(sum(c.deleted), 0) AS deleted,
               coalesce(sum(c.webhooks), 0) AS webhooks
          FROM hours h LEFT JOIN changes c ON c.hour = h.hour GROUP BY h.hour) each
