-- Steps from each run to the run before it by the key of sync_deletes. A count ends at 10,000. A run that proposes deletes has read the whole list, so the records
-- that it saw and the records that it missed are together all records of the kind.
WITH RECURSIVE lists AS (
    (SELECT run_id FROM sync_deletes WHERE run_id < :#${variable.request[before]} ORDER BY run_id DESC LIMIT 1)
    UNION ALL
    SELECT n.run_id FROM lists l CROSS JOIN LATERAL (SELECT d.run_id FROM sync_deletes d WHERE d.run_id < l.run_id ORDER BY d.run_id DESC LIMIT 1) n
),
listed AS (
    SELECT r.*, row_number() OVER () AS place
      FROM (SELECT r.id, r.org, r.entity, r.status, r.started_at, r.seen, r.error
              FROM lists l JOIN sync_runs r ON r.id = l.run_id
             WHERE r.org = :#${variable.org} AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR r.entity = :#${variable.request[entity]})
             LIMIT :#${variable.request[limit]} + 1) r
)
SELECT CAST(json_build_object('runs', coalesce(json_agg(json_build_object(
           'runId', l.id, 'entity', l.entity, 'status', l.status, 'startedAt', l.started_at, 'counts', c.counts, 'missed', least(c.missed, 10000), 'more', c.missed > 10000,
           'of', l.seen + c.missed, 'reason', c.reason, 'decidedAt', c.decided_at, 'decidedBy', c.decided_by,
           'checking', (SELECT b.id FROM sync_runs b WHERE b.org = l.org AND b.entity = l.entity AND b.status = 'running' AND deletes_list(b) = l.id)) ORDER BY l.id DESC)
               FILTER (WHERE l.place <= :#${variable.request[limit]}), '[]'),
           'next', CASE WHEN count(*) > :#${variable.request[limit]} THEN min(l.id) FILTER (WHERE l.place <= :#${variable.request[limit]}) END) AS text) AS runs
  FROM listed l
 CROSS JOIN LATERAL (SELECT json_object_agg(s.state, s.n ORDER BY s.state) AS counts, CAST(sum(s.n) AS bigint) AS missed, max(s.reason) AS reason,
                            max(s.decided_at) AS decided_at, max(s.decided_by) AS decided_by
                       FROM (SELECT d.state, count(*) AS n, max(d.reason) FILTER (WHERE d.state = 'held') AS reason, max(d.decided_at) AS decided_at,
                                    max(d.decided_run) AS decided_by
                               FROM (SELECT state, reason, decided_at, decided_run FROM sync_deletes WHERE run_id = l.id ORDER BY zoho_id LIMIT 10001) d
                              GROUP BY d.state) s) c
