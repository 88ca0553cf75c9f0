-- The kinds of one organisation, or of all organisations. Runs are looked up by an index; no rows are counted.
SELECT CAST(json_build_object('sandbox', CAST(:#${properties:saddlebag.sandbox.enabled} AS boolean), 'organisations', coalesce(json_agg(json_build_object(
           'org', o.org_id, 'name', o.name, 'default', o.is_default, 'connected', o.connection_id IS NOT NULL, 'kinds', k.kinds)
           ORDER BY o.is_default DESC, o.org_id), '[]')) AS text) AS overview
  FROM organisations o
 CROSS JOIN LATERAL (
       SELECT coalesce(json_agg(json_build_object(
                  'entity', k.entity, 'records', w.records, 'lastSuccess', s.finished_at, 'lastRun', l.id, 'lastStatus', l.status,
                  'running', a.id, 'waitingUntil', a.waiting_until, 'waitingFor', a.waiting_for, 'nextRun', n.at, 'nextFull', n.full_at)
                  ORDER BY k.place), '[]') AS kinds
         FROM unnest(string_to_array(:#${bean:kinds?method=list}, ',')) WITH ORDINALITY AS k(entity, place)
         LEFT JOIN sync_watermarks w ON w.org = o.org_id AND w.entity = k.entity
         LEFT JOIN LATERAL (SELECT r.finished_at FROM sync_runs r
                             WHERE r.org = o.org_id AND r.entity = k.entity AND r.status IN ('succeeded', 'partial') AND NOT r.dry_run
                               AND r.mode IN ('incremental', 'full') AND r.finished_at IS NOT NULL
                             ORDER BY r.started_at DESC LIMIT 1) s ON true
         LEFT JOIN LATERAL (SELECT r.id, r.status FROM sync_runs r
                             WHERE r.org = o.org_id AND r.entity = k.entity AND r.status <> 'running'
                             ORDER BY r.started_at DESC LIMIT 1) l ON true
         LEFT JOIN LATERAL (SELECT r.id, r.waiting_until, r.waiting_for FROM sync_runs r
                             WHERE r.org = o.org_id AND r.entity = k.entity AND r.status = 'running') a ON true
        CROSS JOIN LATERAL (SELECT to_timestamp(min(t.next_fire_time) / 1000.0) AS at,
                                   to_timestamp(min(t.next_fire_time) FILTER (WHERE t.job_name = 'full') / 1000.0) AS full_at
                              FROM qrtz_triggers t
                             WHERE t.job_group = 'pull' AND t.trigger_state NOT IN ('PAUSED', 'ERROR')
                               AND (t.trigger_name = o.org_id OR t.trigger_name = t.job_name
                                    AND coalesce(CASE t.job_name WHEN 'full' THEN o.full_cron ELSE o.pull_cron END, o.timezone) IS NULL)) n
        WHERE o.kinds IS NULL OR k.entity = ANY (o.kinds)) k
 WHERE CAST(:#${variable.org} AS text) IS NULL OR o.org_id = :#${variable.org}
