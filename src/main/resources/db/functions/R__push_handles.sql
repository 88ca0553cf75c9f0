-- Targets that accept records now and tell the result later (answers: handle), in the words of Meta's catalogue.

-- Reads the answer to a batch as outcomes for push_settle. What is wrong at once stands in validation_status, by the record's external key.
CREATE OR REPLACE FUNCTION push_accepted(p_org text, p_target text, p_keys text[], p_answer jsonb) RETURNS jsonb
    LANGUAGE sql STABLE AS
$$
    SELECT coalesce(jsonb_agg(jsonb_build_object('key', k.key) || CASE
        WHEN wrong.text IS NOT NULL THEN jsonb_build_object('outcome', 'failed', 'code', 'validation', 'text', wrong.text)
        WHEN p_answer #>> '{handles,0}' IS NULL THEN jsonb_build_object('outcome', 'unknown', 'text', 'The answer to the batch names no handle')
        ELSE jsonb_build_object('outcome', 'accepted', 'handle', p_answer #>> '{handles,0}') END), '[]')
      FROM unnest(p_keys) AS k(key)
      LEFT JOIN push_state s ON s.org_id = p_org AND s.target = p_target AND s.record_key = k.key
     CROSS JOIN LATERAL (
           SELECT string_agg(e ->> 'message', '; ') AS text
             FROM jsonb_path_query(p_answer, '$.validation_status[*]') v CROSS JOIN jsonb_path_query(v, '$.errors[*]') e
            WHERE v ->> 'retailer_id' = coalesce(s.attempt ->> 'externalKey', s.external_key)) wrong
     WHERE p_answer IS NOT NULL
$$;

-- Takes batches in hand whose result is due, so that no two processes ask for one. A batch whose records have all been sent again since is forgotten.
CREATE OR REPLACE FUNCTION push_handles_due(p_targets text[], p_lease interval)
    RETURNS TABLE (org_id text, target text, handle text, claim bigint)
    LANGUAGE sql AS
$$
    DELETE FROM push_handles h
     WHERE h.next_at <= clock_timestamp()
       AND NOT EXISTS (SELECT FROM push_state s WHERE s.org_id = h.org_id AND s.target = h.target AND s.claim = h.claim AND s.handle = h.handle AND s.status = 'accepted');
    UPDATE push_handles h
       SET claimed_until = clock_timestamp() + p_lease, checks = h.checks + 1,
           next_at = clock_timestamp() + CASE h.checks WHEN 0 THEN interval '30 seconds' WHEN 1 THEN interval '2 minutes' WHEN 2 THEN interval '10 minutes'
                                              ELSE interval '1 hour' END
     WHERE (h.org_id, h.target, h.handle) IN (
           SELECT d.org_id, d.target, d.handle FROM push_handles d
            WHERE d.next_at <= clock_timestamp() AND coalesce(d.claimed_until, '-infinity') <= clock_timestamp() AND d.target = ANY (p_targets)
            ORDER BY d.next_at LIMIT 20 FOR UPDATE SKIP LOCKED)
    RETURNING h.org_id, h.target, h.handle, h.claim
$$;

-- Reads what became of a batch, as outcomes for push_settle. While there is no result there are none; after a day the records are unknown, and so are sent again.
-- A delete of a record that is not there has nothing left to do.
CREATE OR REPLACE FUNCTION push_handle_result(p_org text, p_target text, p_handle text, p_answer jsonb) RETURNS jsonb
    LANGUAGE sql STABLE AS
$$
    SELECT coalesce(jsonb_agg(jsonb_build_object('key', s.record_key) || CASE
        WHEN NOT done.ended THEN jsonb_build_object('outcome', 'unknown', 'code', 'no-result',
                                                 'text', format('No result of the batch %s within a day of %s; the record is sent again', p_handle, h.accepted_at))
        WHEN wrong.found AND NOT (s.attempt ->> 'op' = 'delete' AND wrong.text ~* 'does not exist|not found')
        THEN jsonb_build_object('outcome', 'failed', 'code', 'invalid', 'text', coalesce(wrong.text, 'Refused without a reason'))
        ELSE '{"outcome": "ok"}' END), '[]')
      FROM push_handles h
      JOIN push_state s ON s.org_id = h.org_id AND s.target = h.target AND s.claim = h.claim AND s.handle = h.handle AND s.status = 'accepted'
     CROSS JOIN (SELECT coalesce(p_answer #>> '{data,0,status}' = 'finished', false) AS ended, coalesce(p_answer #> '{data,0}', '{}') AS batch) done
     CROSS JOIN LATERAL (SELECT coalesce(s.attempt ->> 'externalKey', s.external_key) AS id) sent
     CROSS JOIN LATERAL (
           SELECT count(*) > 0 OR coalesce(done.batch -> 'ids_of_invalid_requests' ? sent.id, false) AS found, string_agg(e ->> 'message', '; ') AS text
             FROM jsonb_path_query(done.batch, '$.errors[*]') e WHERE e ->> 'id' = sent.id) wrong
     WHERE h.org_id = p_org AND h.target = p_target AND h.handle = p_handle
       AND (done.ended OR h.accepted_at <= clock_timestamp() - interval '24 hours')
$$;

-- Ends the questions for a batch once its records have outcomes; otherwise gives it back until it is due again.
CREATE OR REPLACE FUNCTION push_handle_asked(p_org text, p_target text, p_handle text, p_error text) RETURNS void
    LANGUAGE sql AS
$$
    DELETE FROM push_handles h
     WHERE h.org_id = p_org AND h.target = p_target AND h.handle = p_handle
       AND NOT EXISTS (SELECT FROM push_state s WHERE s.org_id = h.org_id AND s.target = h.target AND s.claim = h.claim AND s.handle = h.handle AND s.status = 'accepted');
    UPDATE push_handles h SET claimed_until = NULL, error = p_error WHERE h.org_id = p_org AND h.target = p_target AND h.handle = p_handle
$$;
