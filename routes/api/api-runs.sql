-- One row more than asked for says whether there is a next page. startedBy: the user whose action in the audit started the run. running: those under way, whatever the page, with how far they are; a status leaves them
-- out that is another one.
SELECT CAST(json_build_object('runs', coalesce(json_agg(CAST(left(CAST(run AS text), -1) || ', "startedBy" : ' || coalesce(CAST(to_json(who) AS text), 'null') || '}' AS json) ORDER BY id DESC) FILTER (WHERE place <= :#${variable.request[limit]}), '[]'),
           'running', (SELECT coalesce(json_agg(json_build_object(
                                  'id', r.id, 'entity', r.entity, 'mode', r.mode, 'dryRun', r.dry_run, 'startedAt', r.started_at, 'seen', r.seen, 'done', p.done, 'expected', p.expected,
                                  'perSecond', p.per_second, 'secondsLeft', p.seconds_left, 'waitingUntil', r.waiting_until, 'waitingFor', r.waiting_for) ORDER BY r.id DESC), '[]')
                         FROM sync_runs r CROSS JOIN LATERAL run_pace(r) p
                        WHERE r.org = :#${variable.org} AND r.status = 'running' AND coalesce(CAST(:#${variable.request[status]} AS text), 'running') = 'running'
                          AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR r.entity = :#${variable.request[entity]})),
           'next', CASE WHEN count(*) > :#${variable.request[limit]} THEN min(id) FILTER (WHERE place <= :#${variable.request[limit]}) END) AS text) AS runs
  FROM (SELECT id, run, row_number() OVER (ORDER BY id DESC) AS place,
               (SELECT a.who FROM sync_runs s CROSS JOIN LATERAL run_start_action(s) a WHERE s.id = page.id AND s.trigger IN ('staff', 'api')) AS who
          FROM (SELECT id, run
                  FROM sync_runs_api
                 WHERE org = :#${variable.org} AND id < :#${variable.request[before]}
                   AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR entity = :#${variable.request[entity]})
                   AND (CAST(:#${variable.request[status]} AS text) IS NULL OR status = :#${variable.request[status]})
                 ORDER BY id DESC LIMIT :#${variable.request[limit]} + 1) page) newest
