-- Kinds of each organisation whose records were never read to the end. After the timer's first tick, only kinds that never had a run.
SELECT o.org_id AS org, k.entity, 'full' AS mode, 'start' AS trigger
  FROM organisations o CROSS JOIN unnest(string_to_array(:#${bean:kinds?method=list}, ',')) AS k(entity)
 WHERE o.connection_id IS NOT NULL AND (o.kinds IS NULL OR k.entity = ANY (o.kinds))
   AND NOT EXISTS (SELECT 1 FROM sync_watermarks w WHERE w.org = o.org_id AND w.entity = k.entity)
   AND (CAST(:#${exchangeProperty.CamelTimerCounter} AS bigint) = 1
        OR NOT EXISTS (SELECT 1 FROM sync_runs r WHERE r.org = o.org_id AND r.entity = k.entity AND NOT r.dry_run))
