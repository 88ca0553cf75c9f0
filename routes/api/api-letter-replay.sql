-- With the first 100 records that failed again, and their open dead letters.
SELECT CAST(json_build_object('replay', letter_replay(r), 'failed', coalesce((
           SELECT json_agg(json_build_object('id', f.id, 'source', f.source, 'entity', f.entity, 'zohoId', f.zoho_id, 'error', f.error, 'failedAt', f.failed_at) ORDER BY f.id)
             FROM (SELECT d.id, d.source, d.entity, d.zoho_id, d.error, d.failed_at
                     FROM webhook_events e
                     JOIN dead_letters d ON d.org_id = e.org_id AND d.entity = e.entity AND d.zoho_id = e.zoho_id AND d.event_id = e.event_id AND d.closed_at IS NULL
                    WHERE e.replay_id = r.id AND e.status = 'dead'
                   UNION ALL
                   SELECT d.id, d.source, d.entity, d.zoho_id, d.error, d.failed_at
                     FROM dead_letters d
                     JOIN push_state s ON s.org_id = d.org_id AND s.target = d.entity AND s.record_key = d.zoho_id
                    WHERE d.replay_id = r.id AND d.closed_at IS NULL AND s.status IN ('failed', 'refused') AND s.next_at IS NULL
                   LIMIT 100) f), '[]')) AS text) AS replay
  FROM letter_replays r WHERE r.id = :#${variable.id}
