-- A full run counts as an incremental one too. What has been tried within half of its time is left to the next look.
SELECT o.org_id AS org, k.entity, m.mode
  FROM organisations o
 CROSS JOIN unnest(string_to_array(:#${bean:kinds?method=list}, ',')) AS k(entity)
 CROSS JOIN (VALUES ('full', CAST(:#${bean:overdue?method=full} AS interval)),
                    ('incremental', CAST(:#${bean:overdue?method=incremental} AS interval))) AS m(mode, age)
 WHERE o.connection_id IS NOT NULL
   AND (SELECT max(r.finished_at) FROM sync_runs r
         WHERE r.org = o.org_id AND r.entity = k.entity AND r.status IN ('succeeded', 'partial')
           AND r.mode IN (m.mode, 'full')) < clock_timestamp() - m.age
   AND NOT EXISTS (SELECT 1 FROM sync_runs r
                    WHERE r.org = o.org_id AND r.entity = k.entity AND r.mode IN (m.mode, 'full')
                      AND r.started_at > clock_timestamp() - m.age / 2)
 ORDER BY m.mode
