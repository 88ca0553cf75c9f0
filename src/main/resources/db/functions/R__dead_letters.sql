-- Dead letters: when a good version of the record closes them, and replays of many at once.

-- The version of the record in a dead letter, whose payload may be any text. Null: none can be read. PL/pgSQL, because the functions that it calls
-- are made later.
CREATE OR REPLACE FUNCTION letter_version(p_payload text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN zoho_version(substring(p_payload FROM '"last_modified_time" ?: ?"(' || zoho_day_form() || '(?:' || zoho_clock_form()
                                                 || '(?:' || zoho_offset_form() || ')?)?)"'));
END
$$;

-- Closes the dead letters of records of which a good version is stored, unless the row is older than the record of the letter: an old answer
-- does not make good what a later one has spoilt.
CREATE OR REPLACE FUNCTION close_letters(p_org text, p_entity text, p_table regclass, p_key text, p_ids text[]) RETURNS void
    LANGUAGE plpgsql AS
$$
DECLARE
    v_letter record;
    v_older  boolean;
BEGIN
    FOR v_letter IN SELECT d.id, d.zoho_id, letter_version(d.payload) AS modified FROM dead_letters d
                     WHERE d.org_id = p_org AND d.entity = p_entity AND d.closed_at IS NULL AND d.zoho_id = ANY (p_ids) LOOP
        EXECUTE format('SELECT CAST(to_jsonb(t) ->> ''zoho_modified_at'' AS timestamptz) < $3 FROM %s t WHERE t.org_id = $1 AND t.%I = $2', p_table, p_key)
           INTO v_older USING p_org, v_letter.zoho_id, v_letter.modified;
        IF v_older IS NOT TRUE THEN
            UPDATE dead_letters SET closed_at = clock_timestamp() WHERE id = v_letter.id;
        END IF;
    END LOOP;
END
$$;

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
