-- Push: what is to be done with each row of a target, and which rows are refused. p_settings is the declaration of the target as JSON, see
-- target.schema.json; p_request is sync_runs.request.

-- The reason why a body is not sent; null: it may be sent. A missing value is never replaced by a default.
-- p_sent is the last confirmed body; p_same_mapping says whether the same declaration and SQL file made both bodies. Called for each changed row: as one
-- SELECT over the keys it took 0.7 ms, in this form 0.03 ms.
CREATE OR REPLACE FUNCTION push_refusal(p_body jsonb, p_sent jsonb, p_same_mapping boolean, p_zero boolean, p_refused text,
                                        p_required text[], p_money text[], p_create_only text[], p_immutable text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
    v_missing text[] := '{}';
    v_zero    text[] := '{}';
    v_text    text[] := '{}';
    v_reasons text[] := CASE WHEN p_refused IS NULL THEN '{}' ELSE ARRAY[p_refused] END;
    v_gone    text;
    v_key     text;
BEGIN
    IF jsonb_typeof(p_body) IS DISTINCT FROM 'object' THEN
        RETURN coalesce(p_refused, 'The mapping gives no JSON object as body');
    END IF;
    FOREACH v_key IN ARRAY p_required LOOP
        IF btrim(coalesce(p_body ->> v_key, '')) = '' OR p_body -> v_key IN ('[]', '{}') THEN
            v_missing := v_missing || v_key;
        END IF;
    END LOOP;
    IF jsonb_path_exists(p_body, '$.* ? (@ == null)') THEN
        v_missing := ARRAY(SELECT unnest(v_missing) UNION SELECT key FROM jsonb_each(p_body) WHERE value = 'null');
    END IF;
    FOREACH v_key IN ARRAY p_money LOOP
        IF p_body -> v_key = '0' AND NOT coalesce(p_zero, false) THEN
            v_zero := v_zero || v_key;
        ELSIF jsonb_typeof(p_body -> v_key) NOT IN ('number', 'null') THEN
            v_text := v_text || v_key;
        END IF;
    END LOOP;
    IF v_missing <> '{}' THEN
        v_reasons := v_reasons || ((SELECT string_agg(k, ', ' ORDER BY length(k), k) FROM unnest(v_missing) k) || ' missing');
    END IF;
    IF v_zero <> '{}' THEN
        v_reasons := v_reasons || (array_to_string(v_zero, ', ') || ' is 0, and the row does not say that 0 is meant');
    END IF;
    IF v_text <> '{}' THEN
        v_reasons := v_reasons || (array_to_string(v_text, ', ') || ' is not a number');
    END IF;
    IF p_sent IS NOT NULL AND p_same_mapping THEN
        SELECT string_agg(k, ', ' ORDER BY length(k), k) INTO v_gone FROM jsonb_object_keys(p_sent - p_create_only) k WHERE NOT p_body ? k;
        IF v_gone IS NOT NULL THEN
            v_reasons := v_reasons || (v_gone || ' is no longer in the body, and the mapping is the same. An edited mapping file would show that this is meant');
        END IF;
    END IF;
    FOREACH v_key IN ARRAY p_immutable LOOP
        IF p_sent ? v_key AND p_body ? v_key AND p_sent -> v_key <> p_body -> v_key THEN
            v_reasons := v_reasons || format('%s cannot be changed in Zoho: it is %s there and %s here', v_key, p_sent ->> v_key, p_body ->> v_key);
        END IF;
    END LOOP;
    RETURN NULLIF(array_to_string(v_reasons, '; '), '');
END
$$;

-- Whether Zoho may have another status (active) of a record than it confirmed last, because the answer to a call that sets the status was lost.
CREATE OR REPLACE FUNCTION push_status_in_doubt(p_row push_state) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$ SELECT p_row.attempt ? 'statusInDoubt' OR p_row.status = 'unknown' AND p_row.attempt ->> 'op' IN ('activate', 'deactivate') $$;

-- Whether a call of ours took the record out of use because its row left the view, or may have done so. It stays so until Zoho has confirmed that it is active again.
CREATE OR REPLACE FUNCTION push_is_retired(p_row push_state) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$ SELECT p_row.attempt ? 'retired' OR p_row.status = 'unknown' AND p_row.attempt ->> 'op' = 'deactivate' AND CAST(p_row.attempt ->> 'gone' AS boolean) $$;

-- How long a record whose outcome is unknown is left alone before a timer tries it again: a minute, twice as long after each attempt from the fourth on, and an hour at
-- most. A record that is looked up is left alone for as long as it has been looked up, but for a minute before the second look-up that finds it absent.
CREATE OR REPLACE FUNCTION push_pause(p_row push_state) RETURNS interval
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT least(interval '1 hour', greatest(interval '1 minute' * power(2, least(6, greatest(0, p_row.attempts - 3))),
                                             CASE WHEN NOT coalesce(p_row.attempt ? 'absentAt', false) THEN p_row.checked_at - p_row.tried_at END))
$$;

-- The members of attempt that later attempts and decisions keep. bodyInDoubt: Zoho may have another body than it confirmed last, because it refused a call that it may have
-- carried out before, or because nobody asks any more for the result of a batch that it accepted.
CREATE OR REPLACE FUNCTION push_kept(p_row push_state) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_row.attempt ? 'found' THEN jsonb_build_object('found', p_row.attempt -> 'found') ELSE '{}' END
           || CASE WHEN push_status_in_doubt(p_row) THEN jsonb_build_object('statusInDoubt', true) ELSE '{}' END
           || CASE WHEN push_is_retired(p_row) THEN jsonb_build_object('retired', true) ELSE '{}' END
           || CASE WHEN p_row.attempt ? 'bodyInDoubt' OR p_row.status = 'accepted' THEN jsonb_build_object('bodyInDoubt', true) ELSE '{}' END
$$;

-- Compares each row of the target with push_state. rank is the order in which rows are sent; null: nothing is to be sent. reverting: the row's last attempt
-- takes back the writing of a run; until that attempt has succeeded, its body is sent, and not the body from the view. retires: the call takes the record out of use,
-- because the view no longer has the row. becomes: the status that the row gets without a call. p_heirs: see push_heirs.
--   1 the outcome is unknown  2 a passing failure, due again  3 never sent  4 changed  5 no longer wanted  6 requested by a person
CREATE OR REPLACE FUNCTION push_judged(p_org text, p_target text, p_settings jsonb, p_request jsonb, p_rows push_row[], p_heirs push_row[])
    RETURNS TABLE (record_key text, external_key text, body jsonb, active boolean, total numeric, needs text, refusal text, gone boolean,
                   changed boolean, status_differs boolean, remapped boolean, zoho_id text, sent jsonb, trying jsonb, status text, error_code text, error_text text,
                   tried_at timestamptz, claimed boolean, rank integer, op text, retires boolean, becomes text)
    LANGUAGE sql STABLE AS
$$
WITH declared AS MATERIALIZED (
    SELECT push_keys(p_settings, 'required') AS required, push_keys(p_settings, 'money') AS money, push_keys(p_settings, 'createOnly') AS create_only,
           push_keys(p_settings, 'immutable') AS immutable, coalesce(p_settings #>> '{update,request}' LIKE '%{externalKey}%', false) AS updates_by_key,
           coalesce(CAST(p_request ->> 'force' AS boolean), false) AS forced, p_settings ->> 'absent' IN ('deactivate', 'delete') AS retires_absent,
           -- as Target.lookUp
           p_settings ? 'findOne' OR p_settings -> 'findAll' ? 'coql' OR concat(p_settings #>> '{findAll,request}', p_settings #>> '{findAll,query}') LIKE '%{externalKey%' AS looks_up,
           concat(p_settings #>> '{update,request}', p_settings #>> '{findOne,request}') LIKE '%{externalKey}%' AS in_address
),
wanted AS MATERIALIZED (
    SELECT w.*, count(*) OVER (PARTITION BY w.record_key) AS rows_of_key, row_number() OVER (PARTITION BY w.record_key) AS nth,
           min(w.record_key) FILTER (WHERE NOT coalesce(w.gone, false)) OVER (PARTITION BY k.same) AS first_of_external,
           max(w.record_key) FILTER (WHERE NOT coalesce(w.gone, false)) OVER (PARTITION BY k.same) AS last_of_external, k.same
      FROM unnest(p_rows) w CROSS JOIN LATERAL (SELECT push_same_key(w.external_key, p_settings) AS same) k
),
known AS (
    SELECT * FROM push_state s
     WHERE s.org_id = p_org AND s.target = p_target
       AND (NOT p_request ? 'keys' OR s.record_key = ANY (ARRAY(SELECT jsonb_array_elements_text(p_request -> 'keys'))))
),
others AS MATERIALIZED ( -- for a run of chosen keys: the other rows, whose records in Zoho it must not touch
    SELECT push_same_key(o.external_key, p_settings) AS same, min(o.record_key) AS record_key
      FROM push_state o LEFT JOIN known k ON k.record_key = o.record_key
     WHERE p_request ? 'keys' AND o.org_id = p_org AND o.target = p_target AND o.zoho_id IS NOT NULL AND o.status <> 'gone' AND k.record_key IS NULL
     GROUP BY 1
),
heirs AS MATERIALIZED ( -- where Zoho knows a record by its key alone, a row that is gone leaves the record to the wanted row of that key. confirmed: that row has the record
    SELECT h.same, min(h.record_key) AS record_key,
           bool_or(coalesce(k.sent IS NOT NULL AND k.status <> 'gone' AND push_same_key(k.external_key, p_settings) = h.same, false)) AS confirmed
      FROM (SELECT w.same, w.record_key FROM wanted w WHERE NOT coalesce(w.gone, false)
            UNION ALL
            SELECT push_same_key(w.external_key, p_settings), w.record_key FROM unnest(p_heirs) w) h
      LEFT JOIN push_state k ON k.org_id = p_org AND k.target = p_target AND k.record_key = h.record_key
     WHERE p_settings ->> 'absent' IN ('deactivate', 'delete')
     GROUP BY h.same
),
beside AS (
    SELECT coalesce(w.record_key, s.record_key) AS record_key, w.record_key IS NULL OR coalesce(w.gone, false) AS gone,
           w.external_key, w.total, w.zero, w.refused,
           -- a row that comes back is active again, unless it says otherwise
           coalesce(w.active, CASE WHEN NOT coalesce(w.gone, true) AND push_is_retired(s) THEN true END) AS active,
           CASE WHEN w.record_key IS NULL OR coalesce(w.gone, false) THEN CASE WHEN NOT h.confirmed THEN format('the row %s, to which the record goes', h.record_key) END
                WHEN s.error_code = 'conflict' AND NOT coalesce(CAST(p_request ->> 'force' AS boolean), false) OR d.was_sent THEN NULL ELSE w.needs END AS needs, d.was_sent,
           s.error_code = 'conflict' AND NOT coalesce(CAST(p_request ->> 'force' AS boolean), false) AS in_conflict, -- a plan found it; adopt or force ends it
           w.rows_of_key, w.first_of_external, w.last_of_external, CASE WHEN s.zoho_id IS NULL THEN o.record_key END AS other_row, h.record_key AS heir, w.body,
           s.record_key IS NOT NULL AS is_known, s.external_key AS confirmed_key, s.zoho_id, s.sent, s.status, s.tried_at, s.trying, s.next_at,
           p_request ? 'changed' AND s.claimed_until IS NULL AND (s.attempts >= 3 OR s.checked_at > s.tried_at) -- one run tries a record three times in succession
           AND greatest(s.tried_at, s.checked_at) > clock_timestamp() - push_pause(s) AS pauses,
           s.run_id, s.checked_at, coalesce(s.claimed_until > clock_timestamp(), false) AS claimed, s.active AS confirmed_active, s.sent_mapping,
           coalesce(push_status_in_doubt(s), false) AS status_in_doubt,
           coalesce(s.attempt ? 'bodyInDoubt' OR s.status = 'unknown' AND s.attempt ->> 'op' IN ('create', 'update') AND s.trying IS DISTINCT FROM s.sent, false)
           AND s.sent IS NOT NULL AS body_in_doubt,
           coalesce(s.attempt ? 'reverts' AND (s.status IN ('unknown', 'held') OR s.status = 'failed' AND s.next_at IS NOT NULL), false) AS reverting,
           s.attempt ->> 'mapping' AS tried_mapping, s.attempt ->> 'externalKey' AS tried_key, s.error_key, s.other_zoho_id, s.attempt ->> 'op' AS tried_op, s.error_code, s.error_text,
           coalesce(CAST(s.attempt ->> 'gone' AS boolean), false) AS tried_gone, CAST(s.attempt ->> 'active' AS boolean) AS tried_active,
           CAST(s.attempt ->> 'total' AS numeric) AS tried_total, s.zoho_id IS NULL AND s.sent IS NULL AS unconfirmed
      FROM (SELECT * FROM wanted WHERE nth = 1) w
      FULL JOIN known s ON s.record_key = w.record_key
      LEFT JOIN others o ON o.same = w.same
     CROSS JOIN LATERAL (SELECT coalesce(p_settings ->> 'mode' = 'once' AND (s.sent IS NOT NULL OR s.zoho_id IS NOT NULL), false) AS was_sent) d -- a document stays as it is
      LEFT JOIN heirs h ON (w.record_key IS NULL OR coalesce(w.gone, false)) AND s.zoho_id IS NULL AND h.same = push_same_key(s.external_key, p_settings)
                       AND (s.status = 'unknown' AND CAST(p_settings ->> 'repeatable' AS boolean) OR s.status <> 'unknown' AND s.sent IS NOT NULL)
),
compared AS (
    SELECT b.*, d.*, b.body - d.create_only IS DISTINCT FROM b.sent - d.create_only AS changed,
           CASE WHEN b.sent IS NULL THEN '{}' ELSE d.create_only END AS untried, -- an update leaves these out
           coalesce(p_settings ? 'activate' AND (b.active <> coalesce(b.confirmed_active, true) OR b.active IS NOT NULL AND b.status_in_doubt), false) AS status_differs,
           b.gone AND b.status <> 'gone' AND coalesce(b.zoho_id, b.confirmed_key) IS NOT NULL AND b.sent IS NOT NULL AND d.retires_absent AND b.heir IS NULL AS retirable,
           coalesce(b.status = 'failed' AND b.unconfirmed AND b.error_code IN ('not found', 'several', 'matched'), false) AS undecided -- a person decides: another body is no answer
      FROM beside b CROSS JOIN declared d
),
checked AS (
    SELECT c.*,
           CASE WHEN c.gone OR c.in_conflict OR c.was_sent THEN NULL
                WHEN c.rows_of_key > 1 THEN format('The view has %s rows with the record_key %s', c.rows_of_key, c.record_key)
                WHEN c.external_key IS NOT NULL AND c.first_of_external <> c.last_of_external
                THEN format('The external key %s is also that of the row %s', c.external_key,
                            CASE c.record_key WHEN c.first_of_external THEN c.last_of_external ELSE c.first_of_external END)
                WHEN c.other_row IS NOT NULL THEN format('The external key %s is also that of the row %s', c.external_key, c.other_row)
                WHEN c.in_address AND c.external_key !~ '^[0-9A-Za-z._~-]*[0-9A-Za-z_~-][0-9A-Za-z._~-]*$'
                THEN format('The key %s cannot stand in an address of Zoho''s, which takes letters, digits, - and _', c.external_key)
                WHEN c.updates_by_key AND c.sent IS NOT NULL AND c.external_key <> c.confirmed_key
                THEN format('Zoho knows the record by the key %s, which no update changes to %s. Where a second record is meant, forget the row', c.confirmed_key, c.external_key)
                WHEN c.changed OR c.status = 'refused' OR CAST(p_request ->> 'force' AS boolean)
                THEN coalesce(CASE WHEN NOT p_request ? 'revert' -- Zoho had these values
                                   THEN push_refusal(c.body, c.sent, c.sent_mapping = p_settings ->> 'mapping', c.zero, c.refused,
                                                     c.required, c.money, c.create_only, c.immutable) END,
                              CASE WHEN c.external_key IS NULL THEN 'The row has no external key, by which Zoho would know the record' END) END AS refusal
      FROM compared c
),
ranked AS (
    SELECT c.*,
           CASE WHEN c.claimed THEN NULL
                WHEN c.heir IS NOT NULL THEN NULL
                WHEN c.status = 'unknown' -- a second look-up waits a minute, see push_settle
                THEN CASE WHEN c.pauses OR c.zoho_id IS NULL AND c.sent IS NULL AND c.checked_at > greatest(c.tried_at, clock_timestamp() - interval '1 minute') THEN NULL ELSE 1 END
                WHEN c.gone
                THEN CASE WHEN c.retirable AND NOT (c.status = 'accepted' AND c.tried_op = 'delete')
                               AND CASE WHEN p_request ? 'release'
                                        THEN c.status = 'held' AND c.tried_gone AND c.error_code = 'held' AND c.run_id = CAST(p_request ->> 'release' AS bigint)
                                        WHEN c.tried_gone AND c.status = 'held' THEN c.forced
                                        WHEN c.tried_gone AND c.status = 'failed'
                                        THEN c.forced OR c.next_at <= clock_timestamp() OR c.tried_mapping IS DISTINCT FROM p_settings ->> 'mapping'
                                        ELSE true END THEN 5 END
                WHEN c.refusal IS NOT NULL OR c.needs IS NOT NULL THEN NULL
                WHEN c.in_conflict THEN NULL
                WHEN p_request ? 'release'
                THEN CASE WHEN c.status = 'held' AND c.error_code IN ('held', 'restless') AND c.run_id = CAST(p_request ->> 'release' AS bigint) AND c.body = c.trying
                               AND c.active IS NOT DISTINCT FROM c.tried_active THEN 4 END
                WHEN c.status = 'failed' AND c.next_at <= clock_timestamp() THEN 2
                WHEN NOT c.is_known THEN 3
                WHEN c.status = 'failed' AND c.zoho_id IS NULL AND c.sent IS NULL AND c.error_code = 'matched' AND c.error_key IS NULL -- and no row has that record any more
                     AND NOT EXISTS (SELECT FROM push_state x WHERE x.org_id = p_org AND x.target = p_target AND x.zoho_id = c.other_zoho_id
                                                                AND x.record_key <> c.record_key AND x.status <> 'gone') THEN 3
                WHEN c.undecided AND NOT c.forced
                     AND CASE WHEN c.error_code IN ('not found', 'several') THEN true
                              WHEN c.error_key IS NULL THEN c.external_key = c.tried_key
                              ELSE c.body -> c.error_key IS NOT DISTINCT FROM c.trying -> c.error_key END THEN NULL
                WHEN c.was_sent THEN NULL
                WHEN c.status = 'gone' THEN 4
                WHEN (c.changed OR c.status_differs OR c.body_in_doubt)
                     AND (c.status IN ('ok', 'refused') OR c.status = 'waiting' AND c.trying IS NULL OR c.body - c.untried IS DISTINCT FROM c.trying - c.untried
                          OR c.status = 'failed' AND c.tried_mapping IS DISTINCT FROM p_settings ->> 'mapping'
                          OR c.status_differs AND c.active IS DISTINCT FROM c.tried_active)
                THEN CASE WHEN c.sent IS NULL THEN 3 ELSE 4 END
                WHEN CAST(p_request ->> 'force' AS boolean) THEN 6
           END AS rank
      FROM checked c
     WHERE NOT p_request ? 'status' OR c.status = p_request ->> 'status'
),
resumed AS (
    SELECT r.*, -- what was tried is sent again, and not what the view has now
           r.status = 'unknown' AND (r.gone OR r.refusal IS NOT NULL OR r.needs IS NOT NULL OR r.unconfirmed AND r.tried_key <> r.external_key)
           OR r.reverting AND r.status <> 'held' AS resumes
      FROM ranked r
),
wished AS ( -- the status and whether the body changes, of what is sent
    SELECT r.*, CASE WHEN r.resumes THEN r.tried_active ELSE r.active END AS wants_active,
           CASE WHEN r.resumes THEN r.trying - r.create_only IS DISTINCT FROM r.sent - r.create_only ELSE r.changed OR r.body_in_doubt END AS sends_change
      FROM resumed r
),
chosen AS (
    SELECT r.*,
           CASE WHEN r.heir IS NOT NULL AND r.status = 'unknown' THEN 'waiting' ELSE r.status END AS status_now, -- whatever became of it, the other row writes over it
           CASE WHEN r.rank = 1 AND r.unconfirmed AND NOT CAST(p_settings ->> 'repeatable' AS boolean) THEN 'find'
                WHEN r.rank = 1 AND p_settings ? 'delete'
                     AND (r.tried_op = 'delete' AND (r.gone OR r.zoho_id IS NOT NULL)
                          OR r.gone AND r.unconfirmed AND p_settings ->> 'absent' = 'delete' AND p_settings #>> '{delete,request}' NOT LIKE '%{zohoId}%') THEN 'delete'
                WHEN r.rank = 1 AND r.gone AND r.unconfirmed AND r.looks_up THEN 'find' -- nobody wants it any more, so it is not sent again
                WHEN r.rank = 5
                THEN CASE WHEN p_settings ->> 'absent' = 'delete' THEN 'delete' WHEN p_settings ? 'activeKey' THEN 'update' ELSE 'deactivate' END
                WHEN r.unconfirmed OR NOT p_settings ? 'update' THEN 'create'
                WHEN p_settings ? 'activate' AND (r.wants_active <> coalesce(r.confirmed_active, true) OR r.wants_active IS NOT NULL AND r.status_in_doubt)
                     AND (NOT r.sends_change OR r.rank = 4 AND r.status = 'failed' AND r.body - r.untried = r.trying - r.untried
                                                            AND r.tried_mapping = p_settings ->> 'mapping') -- Zoho refused the body; the status is a call of its own
                THEN CASE WHEN r.wants_active THEN 'activate' ELSE 'deactivate' END
                ELSE 'update' END AS op
      FROM wished r
)
SELECT c.record_key, CASE WHEN c.resumes THEN coalesce(c.tried_key, c.confirmed_key) ELSE coalesce(c.external_key, c.confirmed_key) END,
       CASE WHEN c.resumes THEN c.trying
            WHEN c.gone AND p_settings ? 'activeKey' THEN c.sent || jsonb_build_object(p_settings ->> 'activeKey', false)
            WHEN c.gone THEN c.sent ELSE c.body END,
       CASE WHEN c.resumes THEN c.tried_active WHEN c.gone THEN false ELSE c.active END,
       CASE WHEN c.resumes THEN c.tried_total ELSE c.total END, c.needs, c.refusal, c.gone, c.changed, c.status_differs,
       coalesce(NOT c.gone AND NOT c.changed AND NOT c.was_sent AND c.status = 'ok' AND c.sent_mapping <> p_settings ->> 'mapping', false),
       c.zoho_id, c.sent, c.trying, c.status_now, c.error_code, c.error_text, c.tried_at, c.claimed, c.rank, c.op,
       coalesce(c.rank = 5 OR c.op = 'delete' OR c.resumes AND c.tried_gone, false),
       CASE WHEN c.claimed THEN NULL
            WHEN NOT c.gone AND NOT c.changed AND NOT c.status_differs AND NOT c.body_in_doubt AND c.refusal IS NULL AND c.sent IS NOT NULL
                 AND (c.status IN ('refused', 'waiting') OR c.status = 'failed' AND NOT c.reverting
                      OR c.status = 'held' AND NOT c.reverting AND (c.trying <> c.body OR c.tried_gone OR c.tried_active IS DISTINCT FROM c.active)) THEN 'ok'
            WHEN NOT c.gone AND c.was_sent AND c.status IN ('gone', 'refused', 'waiting') AND c.sent IS NOT NULL THEN 'ok'
            WHEN NOT c.gone AND c.was_sent AND c.status IN ('waiting', 'refused') AND c.sent IS NULL AND NOT c.in_conflict THEN 'ok' -- a document found in Zoho stays as it is
            WHEN c.gone AND c.rank IS NULL AND c.needs IS NULL AND c.status_now NOT IN ('gone', 'unknown', 'accepted') AND NOT c.retirable AND NOT c.undecided THEN 'gone' END
  FROM chosen c
$$;
