-- Targets that accept a batch of records and give its result later (answers: handle). The answers are read in the form of Meta's catalogue API.

-- Turns the answer to a batch into outcomes for push_settle. validation_status lists the records that are refused at once, by their external keys.
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

-- Claims batches whose result is due, so that only one process asks for each. A batch is deleted if all of its records have been sent again since.
CREATE OR REPLACE FUNCTION push_handles_due(p_targets text[], p_lease interval)
    RETURNS TABLE (org_id text, target text, handle text, claim bigint)
    LANGUAGE sql AS
$$
    DELETE FROM push_handles h
     WHERE h.next_at <= clock_timestamp()
       AND NOT EXISTS (SELECT FROM push_state s WHERE s.org_id = h.org_id AND s.target = h.target AND s.claim = h.claim AND s.handle = h.handle AND s.status = 'accepted');
    WITH due AS ( -- runs once; see pull-stock-next.sql
        SELECT d.org_id, d.target, d.handle, d.claim FROM push_handles d
         WHERE d.next_at <= clock_timestamp() AND coalesce(d.claimed_until, '-infinity') <= clock_timestamp() AND d.target = ANY (p_targets)
         ORDER BY d.next_at LIMIT 20 FOR UPDATE SKIP LOCKED
    )
    UPDATE push_handles h
       SET claimed_until = clock_timestamp() + p_lease, checks = h.checks + 1,
           next_at = clock_timestamp() + CASE h.checks WHEN 0 THEN interval '30 seconds' WHEN 1 THEN interval '2 minutes' WHEN 2 THEN interval '10 minutes'
                                              ELSE interval '1 hour' END
      FROM due d
     WHERE (h.org_id, h.target, h.handle, h.claim) = (d.org_id, d.target, d.handle, d.claim)
    RETURNING h.org_id, h.target, h.handle, h.claim
$$;

-- Turns the result of a batch into outcomes for push_settle. Meta may answer several batches with one handle; p_claim tells them apart (null, from an older Saddlebag: all). Without a result there are no outcomes; after a day the records become unknown, and so are sent
-- again. To delete a record that does not exist counts as a success. If an error names no record, it may be that of any record that no other error names: these
-- records become unknown. The error of a batch of one record is that record's.
CREATE OR REPLACE FUNCTION push_handle_result(p_org text, p_target text, p_handle text, p_answer jsonb, p_claim bigint DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql STABLE AS
$$
    SELECT coalesce(jsonb_agg(jsonb_build_object('key', s.record_key) || CASE
        WHEN NOT done.ended THEN jsonb_build_object('outcome', 'unknown', 'code', 'no-result',
                                                 'text', format('No result of the batch %s within a day of %s; the record is sent again', p_handle, h.accepted_at))
        WHEN (wrong.found OR unnamed.found AND alone.is_so) AND NOT (s.attempt ->> 'op' = 'delete' AND coalesce(wrong.text, unnamed.text) ~* 'does not exist|not found')
        THEN jsonb_build_object('outcome', 'failed', 'code', 'invalid', 'text', coalesce(wrong.text, unnamed.text, 'Refused without a reason'))
        WHEN unnamed.found AND NOT wrong.found AND NOT alone.is_so
        THEN jsonb_build_object('outcome', 'unknown', 'code', 'unnamed',
                                'text', format('Meta reports an error in the batch %s and does not name its record%s; the record is sent again', p_handle, ': ' || unnamed.text))
        ELSE '{"outcome": "ok"}' END), '[]')
      FROM push_handles h
      JOIN push_state s ON s.org_id = h.org_id AND s.target = h.target AND s.claim = h.claim AND s.handle = h.handle AND s.status = 'accepted'
     CROSS JOIN (SELECT coalesce(p_answer #>> '{data,0,status}' = 'finished', false) AS ended, coalesce(p_answer #> '{data,0}', '{}') AS batch) done
     CROSS JOIN LATERAL (SELECT coalesce(s.attempt ->> 'externalKey', s.external_key) AS id) sent
     CROSS JOIN LATERAL (
           SELECT count(*) > 0 OR coalesce(done.batch -> 'ids_of_invalid_requests' ? sent.id, false) AS found, string_agg(e ->> 'message', '; ') AS text
             FROM jsonb_path_query(done.batch, '$.errors[*]') e WHERE e ->> 'id' = sent.id) wrong
     CROSS JOIN LATERAL (
           SELECT count(*) > 0
                  OR push_amount(done.batch ->> 'errors_total_count') > jsonb_array_length(jsonb_path_query_array(done.batch, '$.errors[*]'))
                     AND NOT jsonb_path_exists(done.batch, '$.ids_of_invalid_requests[*]') AS found,
                  string_agg(DISTINCT e ->> 'message', '; ') AS text
             FROM jsonb_path_query(done.batch, '$.errors[*]') e WHERE coalesce(e ->> 'id', '') = '') unnamed
     CROSS JOIN LATERAL (SELECT count(*) = 1 AS is_so FROM push_state a WHERE a.org_id = h.org_id AND a.target = h.target AND a.claim = h.claim) alone
     WHERE h.org_id = p_org AND h.target = p_target AND h.handle = p_handle AND h.claim = coalesce(p_claim, h.claim)
       AND (done.ended OR h.accepted_at <= clock_timestamp() - interval '24 hours')
$$;

-- Called after a batch was asked about. Deletes the batch if its records have outcomes; otherwise ends the claim, and the batch is asked about again when due.
CREATE OR REPLACE FUNCTION push_handle_asked(p_org text, p_target text, p_handle text, p_error text, p_claim bigint DEFAULT NULL) RETURNS void
    LANGUAGE sql AS
$$
    DELETE FROM push_handles h
     WHERE h.org_id = p_org AND h.target = p_target AND h.handle = p_handle AND h.claim = coalesce(p_claim, h.claim)
       AND NOT EXISTS (SELECT FROM push_state s WHERE s.org_id = h.org_id AND s.target = h.target AND s.claim = h.claim AND s.handle = h.handle AND s.status = 'accepted');
    UPDATE push_handles h SET claimed_until = NULL, error = p_error
     WHERE h.org_id = p_org AND h.target = p_target AND h.handle = p_handle AND h.claim = coalesce(p_claim, h.claim)
$$;
