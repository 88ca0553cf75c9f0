-- In: as body, the name of this process among the replicas. The tables are those of Saddlebag's schema. Saddlebag did not create a table that the view
-- retention does not name.
SELECT CAST(json_build_object(
           'postgresql', current_setting('server_version'), 'databaseBytes', pg_database_size(current_database()),
           'replicas', (SELECT coalesce(json_agg(json_build_object('instance', r.instance, 'version', r.version, 'startedAt', r.started_at,
                                   'seenAt', to_timestamp(s.last_checkin_time / 1000.0), 'here', r.instance = :#${body},
                                   'stopped', r.stopped, 'refused', r.refused, 'openCircuits', r.open_circuits) ORDER BY r.started_at), '[]')
                          FROM timer_replicas r
                          JOIN qrtz_scheduler_state s ON s.sched_name = r.sched_name AND s.instance_name = r.instance
                         WHERE s.last_checkin_time > extract(epoch FROM clock_timestamp() - interval '1 minute') * 1000),
           'tables', (SELECT json_agg(json_build_object('table', s.table_name, 'bytes', s.bytes, 'rows', s.rows, 'oldest', a.oldest,
                                 'setting', t.setting, 'boundedBy', t.bounded_by) ORDER BY s.bytes DESC, s.table_name)
                        FROM table_sizes s
                        LEFT JOIN retention t ON t.table_name = s.table_name
                        LEFT JOIN table_ages a ON a.table_name = s.table_name)) AS text) AS system
