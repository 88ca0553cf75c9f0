-- Push: batches are claimed, and each attempt is stored before its call. p_settings is the declaration of the target as JSON, see target.schema.json.

-- Claims rows for one batch of calls; committed before anything is sent. From here on the rows are unknown until their outcome is stored, even if this process
-- ends. In a run that reverts another run, each row keeps the body and the status that are taken back. Out: the number of the claim and the keys of the claimed rows. A row is
-- not claimed if another process holds it, or if it was sent or tied to a record since it was read (triedAt, zohoId). No row: another process has taken the
-- run over, or no row could be claimed.
CREATE OR REPLACE FUNCTION push_claim(p_run bigint, p_epoch integer, p_org text, p_target text, p_op text, p_mapping text, p_rows jsonb, p_lease interval,
                                      p_process jsonb DEFAULT NULL)
    RETURNS TABLE (claim bigint, keys text[])
    LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS -- by key: the planner expects more rows than a batch has
$$
DECLARE
    v_refused text := push_refused_because(p_org, p_target, p_process);
    v_reverts jsonb := (SELECT r.request -> 'revert' FROM sync_runs r WHERE r.id = p_run);
BEGIN
    IF v_refused IS NOT NULL THEN
        RAISE EXCEPTION '%', v_refused USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF p_run IS NOT NULL THEN
        PERFORM FROM sync_runs r WHERE r.id = p_run AND r.epoch = p_epoch AND r.status = 'running' FOR SHARE;
        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;
    claim := nextval('push_claims');
    WITH read AS MATERIALIZED (
        SELECT r ->> 'recordKey' AS record_key, CAST(r ->> 'triedAt' AS timestamptz) AS tried_at, r ->> 'zohoId' AS zoho_id FROM jsonb_array_elements(p_rows) r
    ),
    claimed AS (
        INSERT INTO push_state AS s (org_id, target, record_key, external_key, status, trying, tried_at, attempt, claim, claimed_until, run_id, attempts)
        SELECT p_org, p_target, r ->> 'recordKey', r ->> 'externalKey', 'unknown', r -> 'body', clock_timestamp(),
               jsonb_build_object('op', p_op, 'active', r -> 'active', 'externalKey', r -> 'externalKey', 'total', r -> 'total', 'gone', r -> 'gone',
                                  'mapping', p_mapping),
               push_claim.claim, clock_timestamp() + p_lease, p_run, 1
          FROM jsonb_array_elements(p_rows) r ORDER BY r ->> 'recordKey'
            ON CONFLICT (org_id, target, record_key) DO UPDATE
           SET status = 'unknown', external_key = CASE WHEN p_op <> 'find' AND s.sent IS NULL AND s.zoho_id IS NULL THEN EXCLUDED.external_key ELSE s.external_key END,
               claim = EXCLUDED.claim, claimed_until = EXCLUDED.claimed_until, run_id = EXCLUDED.run_id, updated_at = clock_timestamp(),
               trying = CASE WHEN p_op = 'find' THEN s.trying ELSE EXCLUDED.trying END,
               tried_at = CASE WHEN p_op = 'find' THEN s.tried_at ELSE EXCLUDED.tried_at END,
               attempts = CASE WHEN p_op = 'find' THEN s.attempts ELSE s.attempts + 1 END,
               attempt = CASE WHEN p_op = 'find' THEN s.attempt || jsonb_build_object('op', p_op)
                              ELSE EXCLUDED.attempt || jsonb_build_object('before', s.status, 'beforeRun', s.run_id)
                                   || push_kept(s)
                                   || CASE WHEN s.status = 'held' THEN jsonb_build_object('heldTrying', s.trying, 'heldAttempt', s.attempt) ELSE '{}' END
                                   || CASE WHEN s.status = 'failed' THEN jsonb_build_object('failedKey', s.attempt -> 'externalKey') ELSE '{}' END
                                   || CASE WHEN s.status = 'unknown' THEN jsonb_build_object('since', coalesce(s.attempt -> 'since', to_jsonb(s.tried_at))) ELSE '{}' END
                                   || CASE WHEN s.status IN ('unknown', 'failed') AND s.attempt ? 'reverts' AND s.trying = EXCLUDED.trying
                                           THEN jsonb_build_object('reverts', s.attempt -> 'reverts', 'taken', s.attempt -> 'taken')
                                           WHEN v_reverts IS NOT NULL THEN jsonb_build_object('reverts', v_reverts, 'taken', jsonb_build_object('body', s.sent, 'active', s.active, 'gone', s.status = 'gone')) ELSE '{}' END END
         WHERE (s.claimed_until IS NULL OR s.claimed_until <= clock_timestamp())
           AND EXISTS (SELECT FROM read r WHERE r.record_key = s.record_key AND r.tried_at IS NOT DISTINCT FROM s.tried_at AND r.zoho_id IS NOT DISTINCT FROM s.zoho_id)
        RETURNING s.record_key
    )
    SELECT array_agg(c.record_key ORDER BY n.place) INTO keys
      FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS n(r, place) JOIN claimed c ON c.record_key = n.r ->> 'recordKey';
    IF keys IS NOT NULL THEN
        RETURN NEXT;
    END IF;
END
$$;

-- Writes an attempt into the log and gives its request: content (JSON as text; null: the call has no content) and, for a call with one record, the keys of the
-- record. The declaration's operation p_op has templates, in which "@records", "@record", "@body", "@zohoId" and "@externalKey" are replaced by the values
-- to send. An update leaves out the keys that only a create takes. fields are the keys of the body, for a look-up.
CREATE OR REPLACE FUNCTION push_attempt(p_org text, p_target text, p_claim bigint, p_keys text[], p_op text, p_settings jsonb, p_lease interval)
    RETURNS TABLE (key text, content text, external_key text, zoho_id text, records integer, tried_at timestamptz, modified_at text, fields text)
    LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS -- by key: the planner expects more rows than a batch has
$$
DECLARE
    v_call   jsonb := p_settings -> p_op;
    v_leaves text[] := CASE WHEN p_op = 'create' THEN '{}'
                            ELSE ARRAY(SELECT jsonb_array_elements_text(coalesce(p_settings -> 'createOnly', '[]') || coalesce(p_settings -> 'immutable', '[]'))) END;
BEGIN
    UPDATE push_state s SET claimed_until = clock_timestamp() + p_lease
     WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = ANY (p_keys) AND s.claim = p_claim;
    INSERT INTO push_log (org_id, target, record_key, run_id, claim, action, changes)
    SELECT s.org_id, s.target, s.record_key, s.run_id, s.claim, p_op,
           CASE WHEN p_op IN ('create', 'update') THEN push_changes(coalesce(s.sent, s.attempt -> 'found') - v_leaves, s.trying - v_leaves)
                WHEN p_op IN ('activate', 'deactivate') THEN jsonb_build_object('active', jsonb_build_object('before', coalesce(s.active, true), 'after', p_op = 'activate')) END
      FROM push_state s
     WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = ANY (p_keys) AND s.claim = p_claim;
    WITH record AS (
        SELECT k.place, k.record_key, s.tried_at, s.zoho_id, s.zoho_modified_at, coalesce(s.external_key, s.attempt ->> 'externalKey') AS external_key,
               CASE WHEN v_call ? 'record'
                    THEN CAST(replace(replace(replace(CAST(v_call -> 'record' AS text), '"@zohoId"', coalesce(CAST(to_jsonb(s.zoho_id) AS text), 'null')),
                                              '"@externalKey"', CAST(to_jsonb(coalesce(s.external_key, s.attempt ->> 'externalKey')) AS text)),
                                      '"@body"', CAST(s.trying - v_leaves AS text)) AS jsonb)
                    ELSE s.trying - v_leaves END
               || CASE WHEN p_op = 'update' AND p_settings ? 'idKey' THEN jsonb_build_object(p_settings ->> 'idKey', s.zoho_id) ELSE '{}' END AS record
          FROM unnest(p_keys) WITH ORDINALITY AS k(record_key, place)
          JOIN push_state s ON s.org_id = p_org AND s.target = p_target AND s.record_key = k.record_key AND s.claim = p_claim
    )
    SELECT CASE WHEN p_op NOT IN ('create', 'update', 'delete') OR p_op = 'delete' AND NOT v_call ? 'body' THEN NULL
                WHEN CAST(v_call -> 'body' AS text) LIKE '%"@records"%' -- one replacement: a record may say "@record" itself
                THEN replace(CAST(v_call -> 'body' AS text), '"@records"', CAST(jsonb_agg(r.record ORDER BY r.place) AS text))
                ELSE replace(coalesce(CAST(v_call -> 'body' AS text), '"@record"'), '"@record"', CAST((jsonb_agg(r.record ORDER BY r.place)) -> 0 AS text)) END,
           min(r.record_key), min(r.external_key), min(r.zoho_id), CAST(count(*) AS integer), min(r.tried_at),
           to_char(min(r.zoho_modified_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
      INTO content, key, external_key, zoho_id, records, tried_at, modified_at FROM record r;
    SELECT string_agg(DISTINCT k, ',') INTO fields
      FROM push_state s CROSS JOIN LATERAL jsonb_object_keys(push_compared(s.trying, p_settings)) k
     WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = ANY (p_keys) AND s.claim = p_claim;
    RETURN NEXT;
END
$$;
