INSERT INTO webhook_counts AS t (org_id, entity, event, result, hour, count)
SELECT c.org_id, c.entity, c.event, c.result, date_trunc('hour', clock_timestamp()), c.count
  FROM jsonb_to_recordset(CAST(:#${variable.counts} AS jsonb)) AS c(org_id text, entity text, event text, result text, count bigint)
 ORDER BY 1, 2, 3, 4
    ON CONFLICT (org_id, entity, event, result, hour) DO UPDATE SET count = t.count + EXCLUDED.count
