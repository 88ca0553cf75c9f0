-- What the database knows of each organisation, as a JSON array.
SELECT CAST(coalesce(json_agg(json_build_object(
           'org', o.org_id, 'name', o.name,
           'token', json_build_object(
               'validUntil', CASE WHEN c.ends_at > clock_timestamp() THEN c.ends_at END,
               'nextRefresh', CASE WHEN c.ends_at > clock_timestamp() THEN c.refresh_at END,
               'cooldownUntil', CASE WHEN c.cooldown_until > clock_timestamp() THEN c.cooldown_until END,
               'toDo', c.needs_person),
           'quota', json_build_object(
               'callsInLastMinute', (SELECT count(*) FROM zoho_calls c WHERE c.org_id = o.org_id AND c.at > clock_timestamp() - interval '1 minute'),
               'slotsHeld', (SELECT count(*) FROM zoho_calls c WHERE c.org_id = o.org_id AND c.released_at > clock_timestamp()),
               'dayLimit', o.day_limit, 'dayRemaining', o.day_remaining, 'dayResetsAt', o.day_resets_at,
               'blockedUntil', CASE WHEN o.blocked_until > clock_timestamp() THEN o.blocked_until END,
               'blockedFor', CASE WHEN o.blocked_until > clock_timestamp() THEN o.blocked_for END),
           'lastSuccess', (SELECT max(r.finished_at) FROM sync_runs r WHERE r.org = o.org_id AND r.status IN ('succeeded', 'partial')),
           'lastRuns', (SELECT coalesce(json_agg(json_build_object('id', n.id, 'entity', n.entity, 'mode', n.mode, 'status', n.status,
                               'startedAt', n.started_at, 'finishedAt', n.finished_at, 'rejected', n.rejected, 'error', n.error)), '[]')
                          FROM (SELECT DISTINCT ON (r.entity) r.* FROM sync_runs r
                                 WHERE r.org = o.org_id ORDER BY r.entity, r.id DESC) n)
       ) ORDER BY o.org_id), '[]') AS text) AS organisations
  FROM organisations o JOIN connections c ON c.id = o.connection_id
