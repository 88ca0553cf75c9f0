-- A removed organisation, or a kind that an organisation does not copy, has no last success, because no run is expected.
SELECT 'saddlebag.last.success.seconds' AS metric, 'When a run of the kind last succeeded, in seconds since 1970; before the first, when the organisation was added' AS description,
       extract(epoch FROM coalesce(w.updated_at, o.created_at)) AS value, o.org_id AS org, k.entity, NULL AS source, NULL AS target
  FROM organisations o
 CROSS JOIN unnest(string_to_array(:#${bean:kinds?method=list}, ',')) AS k(entity)
  LEFT JOIN sync_watermarks w ON w.org = o.org_id AND w.entity = k.entity
 WHERE o.connection_id IS NOT NULL AND (o.kinds IS NULL OR k.entity = ANY (o.kinds))
UNION ALL
SELECT 'saddlebag.push.last.success.seconds', 'When a run of a push target that is switched on last ended, in seconds since 1970; before the first, when the target was switched on',
       extract(epoch FROM coalesce(r.finished_at, t.released_at, t.updated_at)), t.org_id, NULL, NULL, t.target
  FROM push_targets t
  LEFT JOIN LATERAL (SELECT n.finished_at FROM sync_runs n
                      WHERE n.org = t.org_id AND n.entity = t.target AND n.mode = 'push' AND n.status IN ('succeeded', 'partial') AND NOT n.dry_run
                      ORDER BY n.id DESC LIMIT 1) r ON true
 WHERE t.state = 'on'
UNION ALL
SELECT 'saddlebag.dead.letters', 'Dead letters that wait for a person, or for a later good version of the record', count(*), org_id, entity, source, NULL
  FROM dead_letters WHERE closed_at IS NULL GROUP BY org_id, entity, source
UNION ALL
SELECT 'saddlebag.deletes.held', 'Records missing in Zoho that wait for a person''s decision', count(*), r.org, r.entity, NULL, NULL
  FROM sync_deletes d JOIN sync_runs r ON r.id = d.run_id WHERE d.state = 'held' GROUP BY r.org, r.entity
