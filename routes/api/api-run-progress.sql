-- How far a run is and how it got there. The curve has up to 60 steps of equal length, at least 5 s: its calls are those of the minute before, or of the whole
-- step if that is longer. The timeline has the newest pages and waits: a wait is noted by the run, or it is 3 s or more between an answer and the next call.
WITH run AS (
    SELECT r.*, coalesce(r.finished_at, clock_timestamp()) AS until_now, p.*, make_interval(secs => CAST(greatest(p.seconds / n.steps, 5) AS double precision)) AS step, n.steps
      FROM sync_runs r CROSS JOIN LATERAL run_pace(r) p
     CROSS JOIN LATERAL (SELECT CAST(least(60, greatest(1, floor(p.seconds / 5))) AS integer) AS steps) n
     WHERE r.id = :#${variable.id}
), calls AS (
    SELECT c.id, c.at, c.answered_at, c.method, c.path, c.status, c.zoho_code, c.ms,
           lag(c.answered_at) OVER (ORDER BY c.at, c.id) AS before
      FROM (SELECT * FROM zoho_calls WHERE run_id = :#${variable.id} AND released_at > at ORDER BY id DESC LIMIT 10000) c
), curve AS (
    SELECT least(e.at, r.until_now) AS at,
           (SELECT count(*) FROM calls c WHERE c.at > e.at - greatest(r.step, interval '1 minute') AND c.at <= e.at)
               * 60 / greatest(extract(epoch FROM r.step), 60) AS calls,
           (SELECT sum(s.records) FROM run_steps s WHERE s.run_id = r.id AND s.at > e.at - r.step AND s.at <= e.at) / extract(epoch FROM r.step) AS records
      FROM run r CROSS JOIN LATERAL (SELECT r.started_at + r.step * n AS at FROM generate_series(1, r.steps) n) e
), timeline AS (
    SELECT at, least(s.waiting_until, r.finished_at) AS until, page, s.records, s.waiting_for
      FROM run_steps s, run r WHERE s.run_id = :#${variable.id}
    UNION ALL
    SELECT c.before, c.at, NULL, NULL, NULL FROM calls c
     WHERE c.at - c.before > interval '3 seconds'
       AND NOT EXISTS (SELECT FROM run_steps s WHERE s.run_id = :#${variable.id} AND s.waiting_until IS NOT NULL AND s.at BETWEEN c.before AND c.at)
     ORDER BY at DESC LIMIT :#${variable.request[steps]}
)
SELECT CAST(json_build_object(
           'expected', r.expected, 'done', r.done,
           'seconds', round(r.seconds, 1), 'perSecond', r.per_second, 'secondsLeft', r.seconds_left,
           'resumedFrom', r.resumed_from, 'resumedBy', (SELECT min(n.id) FROM sync_runs n WHERE n.resumed_from = r.id),
           'startedBy', (SELECT json_build_object('who', a.who, 'auditId', a.id) FROM sync_runs s CROSS JOIN LATERAL run_start_action(s) a WHERE s.id = r.id),
           'reverts', CAST(r.request ->> 'revert' AS bigint),
           'releases', coalesce(CAST(r.request ->> 'release' AS bigint), CASE WHEN r.mode = 'deletes' THEN CAST(r.cursor ->> 'run' AS bigint) END),
           'request', (SELECT json_object_agg(q.key, q.value) FROM jsonb_each(r.request) q WHERE q.key IN ('force', 'limit', 'status', 'keys', 'columns')),
           'held', (SELECT count(*) FROM sync_deletes d WHERE d.run_id = r.id AND d.state = 'held'),
           'report', r.mode IN ('verify', 'deletes') OR r.dry_run,
           'curve', (SELECT json_agg(json_build_object('at', at, 'callsPerMinute', round(calls, 1), 'recordsPerSecond', round(coalesce(records, 0), 1)) ORDER BY at) FROM curve),
           'timeline', (SELECT coalesce(json_agg(json_build_object('at', at, 'until', until, 'page', page, 'records', records, 'waitingFor', waiting_for) ORDER BY at), '[]')
                          FROM timeline),
           'answers', (SELECT coalesce(json_agg(json_build_object('status', status, 'calls', n, 'averageMs', ms) ORDER BY status), '[]')
                         FROM (SELECT status, count(*) AS n, round(avg(ms)) AS ms FROM calls GROUP BY status) a),
           'calls', (SELECT coalesce(json_agg(json_build_object('id', id, 'at', at, 'method', method, 'path', path, 'status', status, 'code', zoho_code, 'ms', ms) ORDER BY id DESC), '[]')
                       FROM (SELECT * FROM calls ORDER BY id DESC LIMIT :#${variable.request[calls]}) newest)) AS text) AS progress
  FROM run r
