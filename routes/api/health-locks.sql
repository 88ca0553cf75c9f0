-- The longest wait for a lock among Saddlebag's sessions in this database, and the session that blocks it and does not wait itself.
-- Null if no session waits longer than usual. Reads no table that another session could lock.
SELECT (SELECT CAST(json_build_object('since', w.since, 'pid', b.pid, 'role', s.usename, 'state', s.state, 'begun', s.xact_start) AS text)
          FROM (SELECT l.pid, min(l.waitstart) AS since
                  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                 WHERE NOT l.granted AND l.waitstart < clock_timestamp() - interval '3 seconds'
                   AND a.datname = current_database() AND a.usename = current_user
                 GROUP BY l.pid) w
         CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS b(pid)
          LEFT JOIN pg_stat_activity s ON s.pid = b.pid
         WHERE NOT EXISTS (SELECT FROM pg_locks o WHERE o.pid = b.pid AND NOT o.granted)
         ORDER BY w.since LIMIT 1) AS lock
