-- A full run counts as an incremental one too; a dry run does not count. A kind whose last run started less than half of its interval ago is
-- left to the next check.
SELECT m.org, k.entity, m.mode, 'timer' AS trigger
  FROM jsonb_to_recordset(CAST(:#${body} AS jsonb)) AS m(org text, mode text, age interval)
 CROSS JOIN unnest(string_to_array(:#${bean:kinds?method=list}, ',')) AS k(entity)
 WHERE (SELECT r.finished_at FROM sync_runs r
         WHERE r.org = m.org AND r.entity = k.entity AND r.status IN ('succeeded', 'partial')
           AND r.mode IN (m.mode, 'full') AND NOT r.dry_run ORDER BY r.started_at DESC LIMIT 1) < clock_timestamp() - m.age
   AND NOT EXISTS (SELECT 1 FROM sync_runs r
                    WHERE r.org = m.org AND r.entity = k.entity AND r.mode IN (m.mode, 'full') AND NOT r.dry_run
                      AND r.started_at > clock_timestamp() - m.age / 2)
   AND NOT EXISTS (SELECT 1 FROM organisations o WHERE o.org_id = m.org AND k.entity <> ALL (o.kinds))
 ORDER BY m.mode
