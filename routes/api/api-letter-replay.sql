-- With one page of the records that failed again, and their open dead letters. Reads one more than the page has. If it exists, there is a next page, which begins
-- after the last one of this page.
SELECT CAST(json_build_object('replay', letter_replay(r), 'failed', p.failed, 'next', p.next) AS text) AS replay
  FROM letter_replays r
 CROSS JOIN LATERAL (
       SELECT coalesce(json_agg(json_build_object('id', f.id, 'source', f.source, 'entity', f.entity, 'zohoId', f.zoho_id, 'error', f.error, 'failedAt', f.failed_at) ORDER BY f.n)
                  FILTER (WHERE f.n <= :#${variable.request[limit]}), '[]') AS failed,
              CASE WHEN count(*) > :#${variable.request[limit]} THEN max(f.place) FILTER (WHERE f.n = :#${variable.request[limit]}) END AS next
         FROM (SELECT failures.*, row_number() OVER (ORDER BY failures.is_push, failures.turn) AS n
                 FROM ((SELECT false AS is_push, e.id AS turn, 'inbox:' || e.id AS place, d.id, d.source, d.entity, d.zoho_id, d.error, d.failed_at
                          FROM webhook_events e
                          JOIN dead_letters d ON d.org_id = e.org_id AND d.entity = e.entity AND d.zoho_id = e.zoho_id AND d.event_id = e.event_id AND d.closed_at IS NULL
                         WHERE e.replay_id = r.id AND e.status = 'dead' AND e.id > :#${variable.request[afterInbox]}
                         ORDER BY e.id LIMIT :#${variable.request[limit]} + 1)
                       UNION ALL
                       (SELECT true, d.id, 'push:' || d.id, d.id, d.source, d.entity, d.zoho_id, d.error, d.failed_at
                          FROM dead_letters d
                          JOIN push_state s ON s.org_id = d.org_id AND s.target = d.entity AND s.record_key = d.zoho_id
                         WHERE d.replay_id = r.id AND d.id > :#${variable.request[afterPush]} AND d.closed_at IS NULL AND s.status IN ('failed', 'refused') AND s.next_at IS NULL
                         ORDER BY d.id LIMIT :#${variable.request[limit]} + 1)) failures
                ORDER BY failures.is_push, failures.turn LIMIT :#${variable.request[limit]} + 1) f) p
 WHERE r.id = :#${variable.id}
