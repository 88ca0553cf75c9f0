-- single: calls of no run, such as those for details, pictures and webhooks. uncounted: today's calls that Zoho counted and this ledger does not have, because other programs use the same quota; null if Zoho sent no figures.
WITH hours AS (
    SELECT generate_series(date_trunc('hour', now()) - interval '23 hours', date_trunc('hour', now()), '1 hour') AS hour
), day AS (
    SELECT date_trunc('hour', c.at) AS hour, c.id, c.at, c.purpose, c.method, c.path, c.run_id, c.status, c.zoho_code, c.ms, c.answered_at
      FROM zoho_calls c
     WHERE c.org_id = :#${variable.org} AND c.at >= date_trunc('hour', now()) - interval '23 hours' AND c.released_at > c.at
), runs AS (
    SELECT r.id, r.entity, r.mode, d.n
      FROM (SELECT run_id, count(*) AS n FROM day WHERE run_id IS NOT NULL GROUP BY run_id ORDER BY n DESC LIMIT :#${variable.request[most]}) d
      JOIN sync_runs r ON r.id = d.run_id
)
SELECT CAST(json_build_object(
           'org', q.org_id, 'perMinute', q.per_minute, 'lastMinute', q.calls_in_last_minute, 'slotsHeld', q.slots_held, 'lastHour', q.calls_in_last_hour,
           'inFlight', (SELECT count(*) FROM zoho_calls c WHERE c.org_id = q.org_id AND c.at > now() - interval '5 minutes' AND c.answered_at IS NULL AND c.released_at > now()),
           'today', q.calls_today, 'dayLimit', q.day_limit, 'dayRemaining', q.day_remaining, 'dayResetsAt', q.day_resets_at,
           'uncounted', CASE WHEN o.day_resets_at > now() AND o.calls_per_day IS NULL AND o.day_limit IS NOT NULL
                             THEN greatest(0, o.day_limit - o.day_remaining - q.calls_today) END,
           'hours', (SELECT json_agg(json_build_object('hour', h.hour, 'pull', coalesce(n.pull, 0), 'webhook', coalesce(n.webhook, 0), 'push', coalesce(n.push, 0), 'check', coalesce(n.check, 0)) ORDER BY h.hour)
                       FROM hours h
                       LEFT JOIN (SELECT hour, count(*) FILTER (WHERE purpose = 'pull') AS pull, count(*) FILTER (WHERE purpose = 'webhook') AS webhook,
                                         count(*) FILTER (WHERE purpose = 'push') AS push, count(*) FILTER (WHERE purpose = 'check') AS check
                                    FROM day GROUP BY hour) n ON n.hour = h.hour),
           'answers', (SELECT coalesce(json_agg(json_build_object('status', status, 'calls', n, 'averageMs', ms, 'longestMs', longest) ORDER BY status NULLS LAST), '[]')
                         FROM (SELECT status, count(*) AS n, round(avg(ms)) AS ms, max(ms) AS longest FROM day WHERE answered_at IS NOT NULL GROUP BY status) a),
           'slowest', (SELECT coalesce(json_agg(json_build_object('id', id, 'at', at, 'purpose', purpose, 'method', method, 'path', path, 'status', status, 'code', zoho_code, 'ms', ms,
                                  'runId', run_id) ORDER BY ms DESC, id), '[]')
                         FROM (SELECT * FROM day WHERE ms IS NOT NULL ORDER BY ms DESC, id LIMIT :#${variable.request[most]}) s),
           'runs', (SELECT coalesce(json_agg(json_build_object('runId', id, 'entity', entity, 'mode', mode, 'calls', n) ORDER BY n DESC), '[]') FROM runs),
           'otherRuns', (SELECT count(*) FROM day WHERE run_id IS NOT NULL) - (SELECT coalesce(sum(n), 0) FROM runs),
           'single', (SELECT coalesce(json_agg(json_build_object('purpose', purpose, 'request', request, 'calls', n) ORDER BY n DESC, request), '[]')
                        FROM (SELECT purpose, method || ' ' || regexp_replace(path, '[0-9]{6,}', '…', 'g') AS request, count(*) AS n
                                FROM day WHERE run_id IS NULL GROUP BY 1, 2) g)) AS text) AS summary
  FROM organisations o
  JOIN zoho_quotas(CAST(:#${properties:zoho.calls-per-minute} AS integer), CAST(NULLIF(:#${properties:zoho.calls-per-day}, '') AS integer),
                   CAST(:#${properties:zoho.call-timeout} AS interval)) q ON q.org_id = o.org_id
 WHERE o.org_id = :#${variable.org}
