-- One text for each topic that open pages follow, another one after each change. By indexes and of small tables alone: one page may be open for days.
SELECT concat_ws(' ', (SELECT max(id) FROM sync_runs), running.runs, running.heartbeat_at, ended.at) AS runs,
       concat_ws(' ', running.runs, ended.at) AS ends,
       (SELECT concat_ws(' ', max(id), max(processed_at)) FROM (SELECT id, processed_at FROM webhook_events ORDER BY id DESC LIMIT 100) newest) AS webhooks,
       concat_ws(' ', (SELECT max(id) FROM dead_letters), (SELECT max(closed_at) FROM dead_letters), (SELECT max(id) FROM letter_replays), (SELECT max(ended_at) FROM letter_replays),
                 (SELECT max((SELECT max(failed_at) FROM dead_letters d WHERE d.org_id = o.org_id AND d.closed_at IS NULL)) FROM organisations o)) AS letters,
       (SELECT max(id) FROM record_changes) AS changes,
       (SELECT concat_ws(' ', max(id), max(answered_at)) FROM (SELECT id, answered_at FROM zoho_calls ORDER BY id DESC LIMIT 100) newest) AS calls,
       (SELECT max(id) FROM push_log) AS pushes,
       (SELECT max(id) FROM audit_log) AS audit,
       (SELECT concat_ws(' ', count(*), max(connected_at), max(ends_at), max(cooldown_until), (SELECT count(*) FROM missing_scopes)) FROM connections) AS connections,
       (SELECT concat_ws(' ', max(since), max(told_at), max(muted_until)) FROM alerts) AS alerts
  FROM (SELECT count(*) AS runs, max(heartbeat_at) AS heartbeat_at FROM sync_runs WHERE status = 'running') running,
       (SELECT max(finished_at) AS at FROM sync_runs) ended
