-- Many dead letters that are replayed or forgotten at once.

-- A replay as the API shows it. Letters that neither wait nor failed count as done, because events that succeeded are deleted after a while. A forget has no letters
-- that failed, and those that it did not find again are not done.
CREATE OR REPLACE FUNCTION letter_replay(p_replay letter_replays) RETURNS json
    LANGUAGE sql STABLE AS
$$
    SELECT json_build_object('id', p_replay.id, 'org', p_replay.org_id, 'action', p_replay.action, 'request', p_replay.request, 'startedAt', p_replay.started_at,
               'found', p_replay.found, 'replayed', p_replay.replayed,
               'waiting', CASE WHEN p_replay.action = 'replay' THEN n.waiting WHEN p_replay.ended_at IS NULL THEN p_replay.found - p_replay.forgotten ELSE 0 END,
               'failed', n.failed,
               'done', CASE WHEN p_replay.action = 'replay' THEN greatest(p_replay.replayed - n.waiting - n.failed, 0) ELSE p_replay.forgotten END,
               'endedAt', p_replay.ended_at, 'cancelled', p_replay.cancelled)
      FROM (SELECT e.waiting + d.waiting AS waiting, e.failed + d.failed + p_replay.moved_on AS failed
              FROM (SELECT count(*) FILTER (WHERE w.status = 'pending') AS waiting, count(*) FILTER (WHERE w.status = 'dead') AS failed
                      FROM webhook_events w WHERE w.replay_id = p_replay.id AND w.status IN ('pending', 'dead')) e
             CROSS JOIN (SELECT count(*) FILTER (WHERE s.next_at IS NOT NULL OR s.status IN ('unknown', 'accepted')) AS waiting,
                                count(*) FILTER (WHERE s.next_at IS NULL AND s.status IN ('failed', 'refused')) AS failed
                           FROM dead_letters l
                           JOIN push_state s ON s.org_id = l.org_id AND s.target = l.entity AND s.record_key = l.zoho_id
                          WHERE l.replay_id = p_replay.id AND l.closed_at IS NULL) d) n
$$;
