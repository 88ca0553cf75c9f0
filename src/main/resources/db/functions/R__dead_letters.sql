-- Replays of many dead letters at once.

-- A replay as the API shows it. Letters that neither wait nor failed count as done, because events that succeeded are deleted after a while.
CREATE OR REPLACE FUNCTION letter_replay(p_replay letter_replays) RETURNS json
    LANGUAGE sql STABLE AS
$$
    SELECT json_build_object('id', p_replay.id, 'org', p_replay.org_id, 'request', p_replay.request, 'startedAt', p_replay.started_at,
               'found', p_replay.found, 'replayed', p_replay.replayed, 'waiting', n.waiting, 'failed', n.failed,
               'done', greatest(p_replay.replayed - n.waiting - n.failed, 0))
      FROM (SELECT e.waiting + d.waiting AS waiting, e.failed + d.failed + p_replay.moved_on AS failed
              FROM (SELECT count(*) FILTER (WHERE w.status = 'pending') AS waiting, count(*) FILTER (WHERE w.status = 'dead') AS failed
                      FROM webhook_events w WHERE w.replay_id = p_replay.id AND w.status IN ('pending', 'dead')) e
             CROSS JOIN (SELECT count(*) FILTER (WHERE s.next_at IS NOT NULL OR s.status IN ('unknown', 'accepted')) AS waiting,
                                count(*) FILTER (WHERE s.next_at IS NULL AND s.status IN ('failed', 'refused')) AS failed
                           FROM dead_letters l
                           JOIN push_state s ON s.org_id = l.org_id AND s.target = l.entity AND s.record_key = l.zoho_id
                          WHERE l.replay_id = p_replay.id AND l.closed_at IS NULL) d) n
$$;
