-- The database's part of the health answer: a JSON array of organisations. "state" and "troubles" serve only to derive the status. circuitOpenIn and
-- metaCircuitOpenIn: other processes that gave a sign of life in the last minute and hold back their calls to Zoho and to Meta.
SELECT CAST(coalesce(json_agg(json_build_object(
           'org', o.org_id, 'name', o.name,
           'state', CASE WHEN o.connection_id IS NOT NULL THEN 'connected' WHEN o.awaiting_id IS NOT NULL THEN 'awaited' ELSE 'off' END,
           'default', o.is_default, 'webhookSecretStored', o.webhook_secret IS NOT NULL,
           'token', json_build_object(
               'validUntil', CASE WHEN c.ends_at > now() THEN c.ends_at END,
               'nextRefresh', CASE WHEN c.ends_at > now() THEN c.refresh_at END,
               'cooldownUntil', CASE WHEN c.cooldown_until > now() THEN c.cooldown_until END,
               'refused', coalesce(c.refused_version = c.token_version, false),
               'toDo', CASE WHEN c.needs_person IS NOT NULL THEN c.needs_person
                            WHEN c.id IS NULL THEN format('Organisation %s is not connected to Zoho. Open /oauth/connect?org=%s in a browser', o.org_id, o.org_id)
                            WHEN c.refresh_token IS NULL THEN format('Nobody has agreed to connect organisation %s yet. Open /oauth/connect?org=%s in a browser', o.org_id, o.org_id) END),
           'missingScopes', (SELECT coalesce(json_agg(json_build_object('area', m.area, 'since', m.since,
                                 'toDo', format('Agree to all scopes: open /oauth/connect?org=%s%s (Server-based Application), or generate a code with these scopes and replace the refresh token (Self Client)', o.org_id,
                                     CASE WHEN split_part(m.area, '/', 2) IN ('crm', 'billing', 'desk') THEN '&for=push' ELSE '' END)) ORDER BY m.area), '[]')
                               FROM missing_scopes m
                              WHERE m.connection_id = c.id AND m.since > now() - interval '1 day'
                                AND NOT EXISTS (SELECT 1 FROM zoho_calls a WHERE a.org_id = o.org_id AND a.at > now() - interval '1 day' AND a.at > m.since
                                                   AND a.status = 200 AND starts_with(a.path, m.area))),
           'quota', json_build_object(
               'callsInLastMinute', q.calls_in_last_minute, 'slotsHeld', q.slots_held, 'perMinute', q.per_minute,
               'callsInLastHour', q.calls_in_last_hour, 'callsToday', q.calls_today,
               'dayLimit', q.day_limit, 'dayRemaining', q.day_remaining, 'dayResetsAt', q.day_resets_at,
               'creditsRemaining', o.credits_remaining, 'creditsAt', o.credits_at,
               'creditsBlockedUntil', CASE WHEN o.credits_blocked_until > now() THEN o.credits_blocked_until END,
               'blockedUntil', CASE WHEN o.blocked_until > now() THEN o.blocked_until END,
               'blockedFor', CASE WHEN o.blocked_until > now() THEN o.blocked_for END),
           'details', (SELECT coalesce(json_agg(json_build_object('entity', d.entity, 'lacking', d.lacking, 'countedAt', d.counted_at,
                              'pausedUntil', CASE WHEN d.next_at > now() THEN d.next_at END, 'error', d.error) ORDER BY d.entity), '[]')
                         FROM detail_progress d WHERE d.org_id = o.org_id),
           'webhooks', (SELECT coalesce(json_agg(json_build_object('entity', m.entity, 'told', coalesce(m.told, 0), 'missed', m.missed) ORDER BY m.entity), '[]')
                          FROM webhooks_of_a_day m WHERE m.org_id = o.org_id),
           'push', (SELECT coalesce(json_agg(json_build_object('target', p.target, 'state', p.state, 'ok', p.ok, 'failed', p.failed, 'refused', p.refused,
                                'waiting', p.waiting, 'unknown', p.unknown, 'held', p.held, 'undecided', p.undecided, 'conflicts', p.conflicts, 'matched', p.matched, 'never', p.never, 'oldestDue', p.oldest_due,
                                'oldestUnknown', p.oldest_unknown, 'attemptsOfADay', p.attempts_of_a_day, 'failedOfADay', p.failed_of_a_day, 'checkError', p.check_error,
                                'mappingEdited', coalesce(p.mapping <> m.mapping, false), 'heldBy', h.run_id, 'heldBecause', h.reason,
                                'lastError', CASE WHEN r.status IN ('failed', 'abandoned') THEN r.error END, 'lastRun', r.id) ORDER BY p.target), '[]')
                      FROM push_summary p
                      JOIN jsonb_each_text(CAST(:#${bean:targets?method=mappings} AS jsonb)) AS m(target, mapping) USING (target)
                      LEFT JOIN LATERAL (SELECT max(s.run_id) AS run_id, min(s.error_text) AS reason FROM push_state s
                                          WHERE s.org_id = p.org_id AND s.target = p.target AND s.status = 'held' AND s.error_code IN ('held', 'restless')) h ON true
                      LEFT JOIN LATERAL (SELECT * FROM sync_runs n WHERE n.org = p.org_id AND n.entity = p.target AND NOT n.dry_run AND n.status NOT IN ('running', 'cancelled')
                                          ORDER BY n.started_at DESC LIMIT 1) r ON true
                     WHERE p.org_id = o.org_id),
           'withoutResult', (SELECT coalesce(json_agg(json_build_object('target', l.target, 'records', l.records) ORDER BY l.target), '[]')
                               FROM (SELECT g.target, count(DISTINCT g.record_key) AS records FROM push_log g
                                      WHERE g.org_id = o.org_id AND g.error_code = 'no-result' AND g.at > now() - interval '3 days' /* a day before that */ GROUP BY g.target) l),
           'waiting', json_build_object(
               'run', (SELECT json_build_object('id', r.id, 'entity', r.entity, 'since', r.waiting_since, 'until', r.waiting_until, 'for', r.waiting_for)
                         FROM sync_runs r WHERE r.org = o.org_id AND r.status = 'running' AND r.waiting_since IS NOT NULL AND r.waiting_until IS NOT NULL
                        ORDER BY r.waiting_since LIMIT 1),
               'event', (SELECT json_build_object('entity', e.entity, 'zohoId', e.zoho_id, 'since', e.received_at, 'until', e.due_at, 'for', e.error,
                                                  'attempts', e.attempts)
                           FROM webhook_events e WHERE e.org_id = o.org_id AND e.status = 'pending' ORDER BY e.received_at LIMIT 1),
               'call', open.call),
           'circuitOpenIn', open.zoho, 'metaCircuitOpenIn', open.meta,
           'lastSuccess', (SELECT max(w.updated_at) FROM sync_watermarks w WHERE w.org = o.org_id),
           'lastRuns', runs.newest, 'troubles', runs.troubles) ORDER BY o.org_id), '[]') AS text) AS organisations
  FROM organisations o
  JOIN zoho_quotas(CAST(:#${properties:zoho.calls-per-minute} AS integer), CAST(NULLIF(:#${properties:zoho.calls-per-day}, '') AS integer),
                   CAST(:#${properties:zoho.call-timeout} AS interval)) q ON q.org_id = o.org_id
  LEFT JOIN connections c ON c.id = o.connection_id
 CROSS JOIN LATERAL (
       SELECT coalesce(json_agg(p.instance ORDER BY p.started_at, p.instance) FILTER (WHERE o.org_id = ANY (p.open_circuits)), '[]') AS zoho,
              coalesce(json_agg(p.instance ORDER BY p.started_at, p.instance) FILTER (WHERE o.org_id || ' Meta' = ANY (p.open_circuits)), '[]') AS meta,
              (array_agg(p.waiting_calls -> o.org_id ORDER BY p.waiting_calls -> o.org_id ->> 'since') FILTER (WHERE p.waiting_calls -> o.org_id IS NOT NULL))[1] AS call
         FROM timer_replicas p
         JOIN qrtz_scheduler_state s ON s.sched_name = p.sched_name AND s.instance_name = p.instance
        WHERE p.instance <> :#${bean:apiHealth.process} AND s.last_checkin_time > extract(epoch FROM clock_timestamp() - interval '1 minute') * 1000) open
 CROSS JOIN LATERAL (
       SELECT coalesce(json_agg(json_build_object('id', n.id, 'entity', n.entity, 'mode', n.mode, 'status', n.status,
                  'startedAt', n.started_at, 'finishedAt', n.finished_at, 'rejected', n.rejected, 'error', n.error)), '[]') AS newest,
              coalesce(json_agg(json_build_object('id', e.id, 'entity', e.entity, 'status', e.status, 'finishedAt', e.finished_at,
                  'rejected', e.rejected, 'letters', letters.waiting, 'error', e.error, 'held', EXISTS (SELECT FROM sync_deletes d WHERE d.run_id = e.id AND d.state = 'held')))
                  FILTER (WHERE e.status = 'failed' OR e.status = 'partial' AND (e.rejected = 0 OR e.error IS NOT NULL OR letters.waiting > 0) OR e.status = 'abandoned' AND n.status <> 'running'), '[]') AS troubles
         FROM unnest(string_to_array(:#${bean:kinds?method=list}, ',')) AS k(entity)
        CROSS JOIN LATERAL (SELECT * FROM sync_runs r WHERE r.org = o.org_id AND r.entity = k.entity AND NOT r.dry_run ORDER BY r.started_at DESC LIMIT 1) n
         LEFT JOIN LATERAL (SELECT * FROM sync_runs r WHERE r.org = o.org_id AND r.entity = k.entity AND NOT r.dry_run
                               AND r.status NOT IN ('running', 'cancelled') ORDER BY r.started_at DESC LIMIT 1) e ON true
        CROSS JOIN LATERAL (SELECT count(*) AS waiting FROM dead_letters l
                             WHERE e.rejected > 0 AND l.org_id = o.org_id AND l.entity = k.entity AND l.source = 'pull' AND l.closed_at IS NULL) letters
        WHERE o.kinds IS NULL OR k.entity = ANY (o.kinds)) runs
