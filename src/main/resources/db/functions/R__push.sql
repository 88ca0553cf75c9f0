-- What of a push target is due, what is refused or held, and what became of each attempt.
-- A settings parameter is the declaration of the target as JSON, see target.schema.json; a request parameter is sync_runs.request.

-- Whether a target may write to Zoho now: null, or the reason for a person. p_process as push_guarded_because takes it.
CREATE OR REPLACE FUNCTION push_refused_because(p_org text, p_target text, p_process jsonb DEFAULT NULL) RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN g.reason IS NOT NULL THEN g.reason
                WHEN t.state IS DISTINCT FROM 'on'
                THEN format('The target %s of organisation %s is off. PATCH /api/organisations/%s with {"push":{"%s":"on"}} switches it on, after a plan', p_target, p_org, p_org, p_target) END
      FROM (SELECT push_guarded_because(p_process) AS reason) g LEFT JOIN push_targets t ON t.org_id = p_org AND t.target = p_target
$$;

-- The body as it is compared: without the keys that are sent with a create only.
CREATE OR REPLACE FUNCTION push_compared(p_body jsonb, p_settings jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_settings ? 'createOnly' THEN p_body - ARRAY(SELECT jsonb_array_elements_text(p_settings -> 'createOnly')) ELSE p_body END
$$;

-- Why a body is not sent; null: it may be. Nothing is ever put in the place of what is missing.
-- p_sent is the last confirmed body, p_same_mapping whether the same declaration and SQL file made both. Called for each changed row: as one SELECT
-- over the keys it took 0.7 ms, in this form 0.03 ms.
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
        IF btrim(coalesce(p_body ->> v_key, '')) = '' THEN
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

-- A list of keys in the settings of a target; empty where there is none.
CREATE OR REPLACE FUNCTION push_keys(p_settings jsonb, p_name text) RETURNS text[]
    LANGUAGE sql IMMUTABLE AS
$$ SELECT ARRAY(SELECT jsonb_array_elements_text(p_settings -> p_name)) $$;

-- The request of a run with the keys of the records that it is about: as given, those whose columns of the view have the given values, or those that
-- changed since the last run began and those that are still to be settled. Without keys the run is about all.
CREATE OR REPLACE FUNCTION push_selection(p_org text, p_target text, p_settings jsonb, p_request jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_keys  jsonb;
    v_since timestamptz;
BEGIN
    IF p_request ? 'columns' THEN
        EXECUTE format('SELECT coalesce(jsonb_agg(v.record_key ORDER BY v.record_key), ''[]'') FROM %I v WHERE v.org_id = $1%s', p_settings ->> 'view',
                       (SELECT string_agg(format(' AND CAST(v.%I AS text) = %L', c.key, c.value), '') FROM jsonb_each_text(p_request -> 'columns') c))
           INTO v_keys USING p_org;
        RETURN p_request || jsonb_build_object('keys', v_keys);
    END IF;
    IF NOT p_request ? 'changed' OR NOT p_settings ? 'changedColumn' THEN
        RETURN p_request;
    END IF;
    SELECT max(r.started_at) - interval '10 minutes' INTO v_since   -- transactions that were open then
      FROM sync_runs r WHERE r.org = p_org AND r.entity = p_target AND r.mode = 'push' AND NOT r.dry_run AND r.status IN ('succeeded', 'partial');
    IF v_since IS NULL THEN
        RETURN p_request;
    END IF;
    EXECUTE format('SELECT coalesce(jsonb_agg(k), ''[]'') FROM (SELECT v.record_key FROM %I v WHERE v.org_id = $1 AND v.%I >= $2
                    UNION SELECT s.record_key FROM push_state s WHERE s.org_id = $1 AND s.target = $3
                      AND (s.status IN (''unknown'', ''waiting'') OR s.next_at <= clock_timestamp())) keys(k)', p_settings ->> 'view', p_settings ->> 'changedColumn')
       INTO v_keys USING p_org, v_since, p_target;
    RETURN p_request || jsonb_build_object('keys', v_keys);
END
$$;

-- Runs the SQL file of a target. Columns that the file does not name have the values of "otherwise": in the subquery a name is first looked
-- for among the columns of the file. :?org and :?keys (text[], null: all) are its parameters. Of a run that reverts another, the rows are those that
-- the other wrote, with the bodies that they had before.
CREATE OR REPLACE FUNCTION push_rows(p_sql text, p_org text, p_request jsonb) RETURNS SETOF push_row
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    IF p_request ? 'revert' THEN
        RETURN QUERY SELECT b.record_key, s.external_key, b.body, true, CAST(NULL AS text), CAST(NULL AS text), false, s.active, CAST(NULL AS numeric)
                       FROM sync_runs r CROSS JOIN LATERAL push_before(r.id) b
                       JOIN push_state s ON s.org_id = r.org AND s.target = r.entity AND s.record_key = b.record_key
                      WHERE r.id = CAST(p_request ->> 'revert' AS bigint);
        RETURN;
    END IF;
    RETURN QUERY EXECUTE
        'SELECT r.record_key, r.external_key, r.body, r.zero, r.refused, r.needs, r.gone, r.active, CAST(r.total AS numeric)
           FROM (SELECT false AS zero, CAST(NULL AS text) AS refused, CAST(NULL AS text) AS needs, false AS gone, CAST(NULL AS boolean) AS active,
                        CAST(NULL AS numeric) AS total) otherwise
          CROSS JOIN LATERAL (SELECT record_key, external_key, body, zero, refused, needs, gone, active, total FROM ('
        || replace(replace(p_sql, ':?org', '$1'), ':?keys', '$2') || E'\n) file) r'
      USING p_org, CASE WHEN p_request ? 'keys' THEN ARRAY(SELECT jsonb_array_elements_text(p_request -> 'keys')) END;
END
$$;

-- Each row of the target beside what is known of it. rank is the order in which rows are sent; null: nothing is to be sent.
--   1 find out what became of it  2 a passing failure, due again  3 never sent  4 changed  5 no longer wanted  6 asked for by a person
CREATE OR REPLACE FUNCTION push_judged(p_org text, p_target text, p_settings jsonb, p_request jsonb, p_rows push_row[])
    RETURNS TABLE (record_key text, external_key text, body jsonb, active boolean, total numeric, needs text, refusal text, gone boolean,
                   changed boolean, status_differs boolean, zoho_id text, sent jsonb, trying jsonb, status text, error_code text, error_text text,
                   tried_at timestamptz, claimed boolean, rank integer, op text)
    LANGUAGE sql STABLE AS
$$
WITH declared AS MATERIALIZED (
    SELECT push_keys(p_settings, 'required') AS required, push_keys(p_settings, 'money') AS money, push_keys(p_settings, 'createOnly') AS create_only,
           push_keys(p_settings, 'immutable') AS immutable
),
wanted AS MATERIALIZED (
    SELECT w.*, count(*) OVER (PARTITION BY w.record_key) AS rows_of_key, row_number() OVER (PARTITION BY w.record_key) AS nth,
           min(w.record_key) FILTER (WHERE NOT coalesce(w.gone, false)) OVER (PARTITION BY w.external_key) AS first_of_external,
           max(w.record_key) FILTER (WHERE NOT coalesce(w.gone, false)) OVER (PARTITION BY w.external_key) AS last_of_external
      FROM unnest(p_rows) w
),
known AS (
    SELECT * FROM push_state s
     WHERE s.org_id = p_org AND s.target = p_target
       AND (NOT p_request ? 'keys' OR s.record_key = ANY (ARRAY(SELECT jsonb_array_elements_text(p_request -> 'keys'))))
),
beside AS (
    SELECT coalesce(w.record_key, s.record_key) AS record_key, w.record_key IS NULL OR coalesce(w.gone, false) AS gone,
           w.external_key, w.active, w.total, w.zero, w.refused,
           CASE WHEN s.error_code = 'conflict' AND NOT coalesce(CAST(p_request ->> 'force' AS boolean), false) THEN NULL ELSE w.needs END AS needs,
           s.error_code = 'conflict' AND NOT coalesce(CAST(p_request ->> 'force' AS boolean), false) AS in_conflict, -- a plan found it; adopt or force ends it
            w.rows_of_key, w.first_of_external, w.last_of_external, w.body,
           s.record_key IS NOT NULL AS is_known, s.external_key AS confirmed_key, s.zoho_id, s.sent, s.status, s.tried_at, s.trying, s.next_at,
           s.run_id, s.checked_at, coalesce(s.claimed_until > clock_timestamp(), false) AS claimed, s.active AS confirmed_active, s.sent_mapping,
           s.attempt ->> 'mapping' AS tried_mapping, s.attempt ->> 'op' AS tried_op, s.error_code, s.error_text
      FROM (SELECT * FROM wanted WHERE nth = 1) w
      FULL JOIN known s ON s.record_key = w.record_key
),
compared AS (
    SELECT b.*, d.*, b.body - d.create_only IS DISTINCT FROM b.sent - d.create_only AS changed,
           coalesce(p_settings ? 'activate' AND b.active <> coalesce(b.confirmed_active, true), false) AS status_differs
      FROM beside b CROSS JOIN declared d
),
checked AS (
    SELECT c.*,
           CASE WHEN c.gone OR c.in_conflict THEN NULL
                WHEN c.rows_of_key > 1 THEN format('The view has %s rows with the record_key %s', c.rows_of_key, c.record_key)
                WHEN c.external_key IS NOT NULL AND c.first_of_external <> c.last_of_external
                THEN format('The external key %s is also that of the row %s', c.external_key,
                            CASE c.record_key WHEN c.first_of_external THEN c.last_of_external ELSE c.first_of_external END)
                WHEN c.changed OR c.status = 'refused' OR CAST(p_request ->> 'force' AS boolean)
                THEN coalesce(push_refusal(c.body, c.sent, c.sent_mapping = p_settings ->> 'mapping', c.zero, c.refused,
                                           c.required, c.money, c.create_only, c.immutable),
                              CASE WHEN c.external_key IS NULL THEN 'The row has no external key, by which Zoho would know the record' END) END AS refusal
      FROM compared c
),
ranked AS (
    SELECT c.*,
           CASE WHEN c.claimed THEN NULL
                WHEN c.status = 'unknown' -- a second look-up waits a minute, see push_settle
                THEN CASE WHEN c.zoho_id IS NULL AND c.sent IS NULL AND c.checked_at > greatest(c.tried_at, clock_timestamp() - interval '1 minute') THEN NULL ELSE 1 END
                WHEN c.gone THEN CASE WHEN c.status <> 'gone' AND coalesce(c.zoho_id, c.confirmed_key) IS NOT NULL AND c.sent IS NOT NULL
                                           AND p_settings ->> 'absent' IN ('deactivate', 'delete')
                                           AND NOT (c.status = 'accepted' AND c.tried_op = 'delete') THEN 5 END
                WHEN c.refusal IS NOT NULL OR c.needs IS NOT NULL THEN NULL
                WHEN c.in_conflict THEN NULL
                WHEN p_request ? 'release'
                THEN CASE WHEN c.status = 'held' AND c.error_code IN ('held', 'restless') AND c.run_id = CAST(p_request ->> 'release' AS bigint) AND c.body = c.trying
                          THEN 4 END
                WHEN c.status = 'failed' AND c.next_at <= clock_timestamp() THEN 2
                WHEN NOT c.is_known THEN 3
                WHEN p_settings ->> 'mode' = 'once' AND c.sent IS NOT NULL THEN NULL
                WHEN c.status = 'gone' THEN 4
                WHEN (c.changed OR c.status_differs)
                     AND (c.status IN ('ok', 'refused') OR c.status = 'waiting' AND c.trying IS NULL OR c.body IS DISTINCT FROM c.trying
                          OR c.status = 'failed' AND c.tried_mapping IS DISTINCT FROM p_settings ->> 'mapping')
                THEN CASE WHEN c.sent IS NULL THEN 3 ELSE 4 END
                WHEN CAST(p_request ->> 'force' AS boolean) THEN 6
           END AS rank
      FROM checked c
     WHERE NOT p_request ? 'status' OR c.status = p_request ->> 'status'
)
SELECT r.record_key, coalesce(r.external_key, r.confirmed_key),
       CASE WHEN r.status = 'unknown' AND (r.gone OR r.refusal IS NOT NULL OR r.needs IS NOT NULL) THEN r.trying
            WHEN r.gone AND p_settings ? 'activeKey' THEN r.sent || jsonb_build_object(p_settings ->> 'activeKey', false)
            WHEN r.gone THEN r.sent ELSE r.body END,
       CASE WHEN r.gone THEN false ELSE r.active END, r.total, r.needs, r.refusal, r.gone, r.changed, r.status_differs,
       r.zoho_id, r.sent, r.trying, r.status, r.error_code, r.error_text, r.tried_at, r.claimed, r.rank,
       CASE WHEN r.rank = 1 AND r.zoho_id IS NULL AND r.sent IS NULL AND NOT CAST(p_settings ->> 'repeatable' AS boolean) THEN 'find'
            WHEN r.rank = 5 OR r.rank = 1 AND r.gone AND r.tried_op = 'delete'
            THEN CASE WHEN p_settings ->> 'absent' = 'delete' THEN 'delete'
                                      WHEN p_settings ? 'activeKey' THEN 'update' ELSE 'deactivate' END
            WHEN r.zoho_id IS NULL AND r.sent IS NULL OR NOT p_settings ? 'update' THEN 'create'
            WHEN NOT r.changed AND r.status_differs THEN CASE WHEN r.active THEN 'activate' ELSE 'deactivate' END
            ELSE 'update' END
  FROM ranked r
$$;

-- Why a run must not send its changes before a person looked at them; null: it may. p_confirmed is how many records Zoho has confirmed.
CREATE OR REPLACE FUNCTION push_brake(p_changed bigint, p_emptied bigint, p_deactivated bigint, p_confirmed bigint, p_settings jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT NULLIF(concat_ws('; ',
        CASE WHEN p_changed > 20 AND p_changed * 100 > p_confirmed * CAST(p_settings ->> 'changeShare' AS numeric)
             THEN format('%s of %s confirmed records would change: more than %s %% and more than 20', p_changed, p_confirmed, p_settings ->> 'changeShare') END,
        CASE WHEN p_emptied > 10 THEN format('in %s records a price would become 0 or a text empty: more than 10', p_emptied) END,
        CASE WHEN p_deactivated > 10 AND p_deactivated * 10 > p_confirmed
             THEN format('%s of %s confirmed records would become inactive or be deleted: more than 10 %% and more than 10', p_deactivated, p_confirmed) END), '')
$$;

-- What differs between two bodies: {"Unit_Price": {"before": 899, "after": 999}}; null: nothing does.
CREATE OR REPLACE FUNCTION push_changes(p_before jsonb, p_after jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT jsonb_object_agg(k, jsonb_strip_nulls(jsonb_build_object('before', p_before -> k)) || jsonb_build_object('after', p_after -> k))
      FROM (SELECT jsonb_object_keys(p_after) UNION SELECT jsonb_object_keys(p_before)) keys(k)
     WHERE p_before -> k IS DISTINCT FROM p_after -> k
$$;

-- Looks at all rows of a target before anything is sent: notes what is refused, waits or is gone, and holds a run that would change
-- much. Writes only rows whose status or reason changes. p_run null: a person pushes single records, which nothing holds.
-- Out: how many rows are to be sent, how many are refused or wait, and why the run is held (null: it is not). No row: the run has been taken over by
-- another process.
CREATE OR REPLACE FUNCTION push_examine(p_run bigint, p_epoch integer, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_sql text)
    RETURNS TABLE (candidates bigint, refused bigint, waits bigint, reason text)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_brakes boolean := p_run IS NOT NULL AND NOT p_request ? 'release';
    v_request jsonb := push_selection(p_org, p_target, p_settings, p_request);
    v_rows   push_row[];
BEGIN
    IF p_run IS NOT NULL THEN
        PERFORM FROM sync_runs r WHERE r.id = p_run AND r.epoch = p_epoch AND r.status = 'running'; -- not locked: the heartbeat would wait
        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;
    BEGIN
        v_rows := ARRAY(SELECT r FROM push_rows(p_sql, p_org, v_request) r);
    EXCEPTION WHEN syntax_error_or_access_rule_violation OR data_exception THEN
        RAISE EXCEPTION 'routes/push/%.sql cannot run: %. Correct %, or that file', p_target, SQLERRM, coalesce('the view ' || (p_settings ->> 'view'), 'the view that it reads')
              USING ERRCODE = SQLSTATE;
    END;
    IF EXISTS (SELECT FROM unnest(v_rows) w WHERE w.record_key IS NULL) THEN
        RAISE EXCEPTION 'The SQL file of % gives rows without a record_key; nothing is sent', p_target USING ERRCODE = 'null_value_not_allowed';
    END IF;
    RETURN QUERY
    WITH judged AS MATERIALIZED (
        SELECT * FROM push_judged(p_org, p_target, p_settings, v_request, v_rows)
    ),
    restless AS (   -- a mapping that never settles, or somebody else writes the same column
        SELECT j.record_key, format('pushed %s times within an hour, and %s keeps changing', n.times, n.keys) AS reason
          FROM judged j
         CROSS JOIN LATERAL (SELECT count(*) AS times,
                                    (SELECT string_agg(k, ', ' ORDER BY k) FROM jsonb_object_keys(push_changes(j.sent, j.body)) d(k)) AS keys
                               FROM push_log l
                              WHERE l.org_id = p_org AND l.target = p_target AND l.record_key = j.record_key AND l.outcome = 'ok'
                                AND l.action IN ('create', 'update') AND l.at > clock_timestamp() - interval '1 hour') n
         WHERE v_brakes AND j.rank = 4 AND j.op = 'update' AND j.sent IS NOT NULL AND n.times >= 5
    ),
    changes AS (
        SELECT j.*, r.reason AS restless,
               EXISTS (SELECT FROM jsonb_each(j.body) b
                        WHERE b.value IS DISTINCT FROM j.sent -> b.key
                          AND (p_settings -> 'money' ? b.key AND b.value = '0' OR b.value = '""' AND coalesce(j.sent ->> b.key, '') <> '')) AS empties,
               j.op IN ('deactivate', 'delete') OR j.gone
               OR coalesce(p_settings ? 'activeKey' AND j.sent -> (p_settings ->> 'activeKey') = 'true' AND j.body -> (p_settings ->> 'activeKey') = 'false', false)
               OR j.status_differs AND NOT j.active AS deactivates
          FROM judged j LEFT JOIN restless r USING (record_key)
         WHERE j.sent IS NOT NULL AND (j.rank IN (4, 5) OR j.rank = 6 AND (j.changed OR p_request ? 'repair'))
    ),
    figures AS (
        SELECT count(*) FILTER (WHERE c.restless IS NULL) AS changed, count(*) FILTER (WHERE c.empties) AS emptied,
               count(*) FILTER (WHERE c.deactivates) AS deactivated,
               (SELECT count(*) FROM judged j WHERE j.status = 'held' AND j.error_code = 'held' AND j.rank IS NULL AND j.body = j.trying) AS already_held,
               (SELECT count(*) FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.sent IS NOT NULL AND s.status <> 'gone') AS confirmed
          FROM changes c
    ),
    brake AS MATERIALIZED (
        SELECT CASE WHEN v_brakes AND f.changed > 0
                    THEN push_brake(f.changed + f.already_held, f.emptied, f.deactivated, f.confirmed, p_settings) END AS reason FROM figures f
    ),
    refusing AS (
        INSERT INTO push_state AS s (org_id, target, record_key, external_key, status, trying, tried_at, attempt, run_id, error_code, error_text)
        SELECT p_org, p_target, j.record_key, j.external_key, 'refused', j.body, clock_timestamp(),
               jsonb_build_object('mapping', p_settings ->> 'mapping'), p_run, 'refused', j.refusal
          FROM judged j
         WHERE j.refusal IS NOT NULL AND NOT j.claimed AND j.status IS DISTINCT FROM 'unknown'
           AND (j.status, j.error_text) IS DISTINCT FROM ('refused', j.refusal)
         ORDER BY j.record_key
            ON CONFLICT (org_id, target, record_key) DO UPDATE
           SET status = 'refused', trying = EXCLUDED.trying, tried_at = EXCLUDED.tried_at, attempt = EXCLUDED.attempt, run_id = EXCLUDED.run_id,
               error_code = 'refused', error_key = NULL, error_text = EXCLUDED.error_text, next_at = NULL, updated_at = clock_timestamp()
        RETURNING s.record_key, s.error_text
    ),
    waiting AS (
        INSERT INTO push_state AS s (org_id, target, record_key, external_key, status, error_code, error_text)
        SELECT p_org, p_target, j.record_key, j.external_key, 'waiting', 'waiting', 'waits for ' || j.needs
          FROM judged j
         WHERE j.needs IS NOT NULL AND j.refusal IS NULL AND NOT j.gone AND NOT j.claimed AND j.changed AND j.status IS DISTINCT FROM 'unknown'
           AND (j.status, j.error_text) IS DISTINCT FROM ('waiting', 'waits for ' || j.needs)
         ORDER BY j.record_key
            ON CONFLICT (org_id, target, record_key) DO UPDATE
           SET status = 'waiting', trying = NULL, error_code = 'waiting', error_key = NULL, error_text = EXCLUDED.error_text, next_at = NULL,
               updated_at = clock_timestamp()
        RETURNING s.record_key
    ),
    settling AS (
        UPDATE push_state s
           SET status = j.becomes, error_code = NULL, error_key = NULL, next_at = NULL, attempts = 0,
               error_text = CASE WHEN j.becomes = 'gone' AND p_settings ->> 'mode' = 'once' AND s.sent IS NOT NULL
                                 THEN 'The row is cancelled or left the view; the document stays in Zoho as it is' END, other_zoho_id = NULL, updated_at = clock_timestamp()
          FROM (SELECT record_key, 'ok' AS becomes FROM judged
                 WHERE NOT changed AND NOT status_differs AND NOT gone AND refusal IS NULL AND NOT claimed AND sent IS NOT NULL
                   AND status IN ('refused', 'failed', 'held', 'waiting') AND (status <> 'held' OR trying IS DISTINCT FROM body)
                UNION ALL
                SELECT record_key, 'gone' FROM judged
                 WHERE gone AND rank IS NULL AND NOT claimed AND status NOT IN ('gone', 'unknown', 'accepted')) j
         WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key
    ),
    differing AS (
        UPDATE push_state s
           SET error_code = 'differs', error_text = 'The row differs from what was sent; a document is sent once', updated_at = clock_timestamp()
          FROM judged j
         WHERE p_settings ->> 'mode' = 'once' AND j.sent IS NOT NULL AND j.changed AND NOT j.gone AND j.status = 'ok' AND j.error_code IS DISTINCT FROM 'differs'
           AND s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key
    ),
    holding AS (
        UPDATE push_state s
           SET status = 'held', trying = c.body, run_id = p_run, error_code = CASE WHEN c.restless IS NULL THEN 'held' ELSE 'restless' END, error_key = NULL,
               error_text = coalesce(c.restless, b.reason), next_at = NULL, updated_at = clock_timestamp(),
               attempt = jsonb_build_object('op', c.op, 'active', c.active, 'mapping', p_settings ->> 'mapping')
          FROM changes c CROSS JOIN brake b
         WHERE (b.reason IS NOT NULL OR c.restless IS NOT NULL)
           AND s.org_id = p_org AND s.target = p_target AND s.record_key = c.record_key
        RETURNING s.record_key, s.error_text, push_changes(c.sent, c.body) AS changes
    ),
    taken_over AS ( -- a later held run takes the place of an earlier one
        UPDATE push_state s SET run_id = p_run, updated_at = clock_timestamp()
          FROM brake b
         WHERE b.reason IS NOT NULL AND s.org_id = p_org AND s.target = p_target AND s.status = 'held' AND s.error_code = 'held'
           AND s.record_key NOT IN (SELECT h.record_key FROM holding h)
    ),
    logged AS (
        INSERT INTO push_log (org_id, target, record_key, run_id, action, outcome, changes, error_code, error_text)
        SELECT p_org, p_target, record_key, p_run, 'refuse', 'refused', NULL, 'refused', error_text FROM refusing
        UNION ALL
        SELECT p_org, p_target, record_key, p_run, 'hold', 'held', changes, 'held', error_text FROM holding
    ),
    counted AS (
        SELECT count(*) FILTER (WHERE j.rank IS NOT NULL AND r.record_key IS NULL) AS candidates,
               count(*) FILTER (WHERE j.refusal IS NOT NULL) AS refused,
               count(*) FILTER (WHERE j.needs IS NOT NULL AND j.refusal IS NULL AND j.changed AND NOT j.gone) AS waits,
               count(*) FILTER (WHERE NOT j.gone AND j.refusal IS NULL AND NOT j.changed AND NOT j.status_differs) AS unchanged
          FROM judged j LEFT JOIN restless r USING (record_key)
    ),
    noted AS (
        UPDATE sync_runs r
           SET seen = cardinality(v_rows), unchanged = c.unchanged, rejected = c.refused, waiting = c.waits, held = (SELECT count(*) FROM holding)
          FROM counted c WHERE r.id = p_run
    )
    SELECT c.candidates, c.refused, c.waits, b.reason FROM counted c CROSS JOIN brake b;
END
$$;

-- Whether a run would send or note anything.
CREATE OR REPLACE FUNCTION push_is_due(p_org text, p_target text, p_settings jsonb, p_sql text) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT EXISTS (SELECT FROM push_selection(p_org, p_target, p_settings, '{"changed": true}') n(request)
                    CROSS JOIN LATERAL push_judged(p_org, p_target, p_settings, n.request, ARRAY(SELECT r FROM push_rows(p_sql, p_org, n.request) r)) j
                    WHERE j.rank IS NOT NULL
                       OR NOT j.claimed AND j.status IS DISTINCT FROM 'unknown'
                          AND (j.refusal IS NOT NULL AND (j.status, j.error_text) IS DISTINCT FROM ('refused', j.refusal)
                               OR j.needs IS NOT NULL AND j.refusal IS NULL AND NOT j.gone AND j.changed
                                  AND (j.status, j.error_text) IS DISTINCT FROM ('waiting', 'waits for ' || j.needs)
                               OR j.gone AND j.status NOT IN ('gone', 'accepted')
                               OR NOT j.changed AND NOT j.status_differs AND NOT j.gone AND j.refusal IS NULL AND j.sent IS NOT NULL
                                  AND j.status IN ('refused', 'failed', 'held', 'waiting') AND (j.status <> 'held' OR j.trying IS DISTINCT FROM j.body)))
$$;

-- The next rows to send, as batches of one kind of call each, in the order in which they are due. Rows that are due again and rows that
-- are new take turns, so that neither starves the other. As many as 50 calls take, so that the view is read anew after about half a minute. In one run each record is tried once, and three times where the outcome stays unknown.
CREATE OR REPLACE FUNCTION push_next(p_run bigint, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_sql text)
    RETURNS TABLE (op text, rows jsonb)
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN QUERY
    WITH selection AS MATERIALIZED (
        SELECT push_selection(p_org, p_target, p_settings, p_request) AS request
    ),
    tried AS (
        SELECT l.record_key, count(*) FILTER (WHERE l.action <> 'find') AS times, count(*) FILTER (WHERE l.action = 'find') AS finds,
               coalesce(bool_or(l.run_id = p_run AND l.action <> 'find'), false) AS here FROM push_log l
         WHERE l.run_id IN (SELECT run_parts(p_run)) AND l.org_id = p_org AND l.target = p_target AND l.action NOT IN ('refuse', 'hold')
           AND l.outcome IS DISTINCT FROM 'unsent' -- a run that waited for a limit sends these now
         GROUP BY l.record_key
    ),
    due AS (
        SELECT j.*, row_number() OVER (PARTITION BY j.rank <= 2 ORDER BY j.rank, j.tried_at NULLS FIRST, j.record_key) AS turn
          FROM selection s
         CROSS JOIN LATERAL push_judged(p_org, p_target, p_settings, s.request, ARRAY(SELECT r FROM push_rows(p_sql, p_org, s.request) r)) j
          LEFT JOIN tried t USING (record_key)
         WHERE j.rank IS NOT NULL
           AND CASE WHEN j.op = 'find' THEN coalesce(t.finds, 0) < 3
                    ELSE coalesce(t.times, 0) = 0 OR j.rank = 1 AND t.times < 3 OR NOT t.here AND j.rank < 6 END
           AND (p_run IS NULL OR EXISTS (SELECT FROM sync_runs r WHERE r.id = p_run AND r.status = 'running')) -- a run that was cancelled has nothing left
    ),
    chosen AS (
        SELECT d.*, row_number() OVER (ORDER BY d.turn, d.rank, d.record_key) AS place FROM due d
         ORDER BY d.turn, d.rank, d.record_key
         LIMIT least(greatest(200, least(5000, 50 * CAST(p_settings ->> 'batch' AS integer))), CASE WHEN p_request ? 'limit' THEN greatest(0, CAST(p_request ->> 'limit' AS integer) - (SELECT count(*) FROM tried WHERE here)) END)
    ),
    sized AS ( -- the application holds them in memory: no more than 4 MB, or one row
        SELECT c.*, sum(octet_length(CAST(c.body AS text))) OVER (ORDER BY c.place) AS bytes FROM chosen c
    ),
    batched AS (
        SELECT c.*, (row_number() OVER (PARTITION BY c.op ORDER BY c.place) - 1)
                    / CASE WHEN c.op IN ('create', 'update', 'delete') THEN CAST(p_settings ->> 'batch' AS integer) ELSE 1 END AS batch
          FROM sized c WHERE c.bytes <= 4000000 OR c.place = 1
    )
    SELECT b.op, jsonb_agg(jsonb_build_object('recordKey', b.record_key, 'externalKey', b.external_key, 'body', b.body, 'active', b.active, 'total', b.total, 'gone', b.gone,
                                                  'triedAt', b.tried_at, 'zohoId', b.zoho_id)
                           ORDER BY b.place)
      FROM batched b GROUP BY b.op, b.batch ORDER BY min(b.place);
END
$$;

-- Takes rows in hand for one batch of calls; committed before anything is sent. What was sent and not answered stays unknown from here on,
-- also if this process ends. Out: the number of the claim and the keys of the rows that no other process holds, and that nobody sent or tied to a record
-- since they were read (triedAt, zohoId). No row: the run has been taken over by another process, or no row is left.
CREATE OR REPLACE FUNCTION push_claim(p_run bigint, p_epoch integer, p_org text, p_target text, p_op text, p_mapping text, p_rows jsonb, p_lease interval,
                                      p_process jsonb DEFAULT NULL)
    RETURNS TABLE (claim bigint, keys text[])
    LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS -- by key: the planner expects more rows than a batch has
$$
DECLARE
    v_refused text := push_refused_because(p_org, p_target, p_process);
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
           SET status = 'unknown', claim = EXCLUDED.claim, claimed_until = EXCLUDED.claimed_until, run_id = EXCLUDED.run_id, updated_at = clock_timestamp(),
               trying = CASE WHEN p_op = 'find' THEN s.trying ELSE EXCLUDED.trying END,
               tried_at = CASE WHEN p_op = 'find' THEN s.tried_at ELSE EXCLUDED.tried_at END,
               attempts = CASE WHEN p_op = 'find' THEN s.attempts ELSE s.attempts + 1 END,
               attempt = CASE WHEN p_op = 'find' THEN s.attempt || jsonb_build_object('op', p_op)
                              ELSE EXCLUDED.attempt || jsonb_build_object('before', s.status, 'beforeRun', s.run_id) END
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

-- Notes an attempt in the log and gives the request: content (JSON as text; null: the call has none), and of a call for one record its keys.
-- p_call is the operation as the declaration has it. "@records", "@record", "@body", "@zohoId" and "@externalKey" stand in its templates for
-- what is sent. An update leaves out what only a create takes.
CREATE OR REPLACE FUNCTION push_attempt(p_org text, p_target text, p_claim bigint, p_keys text[], p_op text, p_settings jsonb, p_lease interval)
    RETURNS TABLE (key text, content text, external_key text, zoho_id text, records integer, tried_at timestamptz, modified_at text)
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
           CASE WHEN p_op IN ('create', 'update') THEN push_changes(s.sent, s.trying - v_leaves) END
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
    RETURN NEXT;
END
$$;

-- When a passing failure is tried again; null: no more, it becomes a dead letter.
CREATE OR REPLACE FUNCTION push_next_try(p_attempts integer) RETURNS timestamptz
    LANGUAGE sql STABLE AS
$$
    SELECT clock_timestamp() + CASE WHEN p_attempts <= 1 THEN interval '5 minutes' WHEN p_attempts = 2 THEN interval '15 minutes'
                                    WHEN p_attempts = 3 THEN interval '1 hour' WHEN p_attempts = 4 THEN interval '4 hours'
                                    WHEN p_attempts < 12 THEN interval '24 hours' END
$$;

-- Reads Zoho's answer as outcomes for push_settle. With answers: each it has one result for each record, in order; a number of results that differs leaves all
-- unknown. Otherwise it is the record. p_answer null: there is nothing to read.
CREATE OR REPLACE FUNCTION push_results(p_keys text[], p_op text, p_answer jsonb, p_settings jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT coalesce(jsonb_agg(jsonb_build_object('key', k.key) || CASE
        WHEN p_op NOT IN ('create', 'update', 'delete') THEN '{"outcome": "ok"}'
        WHEN p_settings ->> 'answers' <> 'each'
        THEN CASE WHEN p_op = 'create' AND p_settings ? 'idPointer' AND p_answer #>> i.id IS NULL
                       AND (p_answer -> i.id[1] IS NULL OR p_settings #>> '{update,request}' LIKE '%{zohoId}%') -- an update by the external key needs no id
                  THEN '{"outcome": "unknown", "text": "Zoho''s answer names no id"}'
                  ELSE jsonb_build_object('outcome', 'ok', 'zohoId', p_answer #>> i.id, 'total', p_answer #>> i.total) END
        WHEN jsonb_array_length(a.list) <> cardinality(p_keys)
        THEN jsonb_build_object('outcome', 'unknown', 'text', format('Zoho answered with %s results for %s records', jsonb_array_length(a.list), cardinality(p_keys)))
        WHEN r ->> 'status' = 'success' AND NULLIF(r ->> 'duplicate_field', '') <> split_part(p_settings ->> 'uniqueField', '.', 2)
        THEN jsonb_build_object('outcome', 'failed', 'code', 'matched', 'errorKey', r ->> 'duplicate_field', 'otherId', r #>> i.id,
                                'text', format('Zoho matched it by %s, record %s', r ->> 'duplicate_field', r #>> i.id))
        WHEN r ->> 'status' = 'success'
        THEN jsonb_build_object('outcome', 'ok', 'zohoId', r #>> i.id, 'modifiedAt', r #>> '{details,Modified_Time}', 'created', r ->> 'action' IS DISTINCT FROM 'update')
        WHEN r ->> 'code' = 'INTERNAL_ERROR' THEN jsonb_build_object('outcome', 'unknown', 'code', r ->> 'code', 'text', r ->> 'message')
        ELSE jsonb_build_object('outcome', 'failed', 'code', r ->> 'code', 'errorKey', r #>> '{details,api_name}', 'text', r ->> 'message',
                                'otherId', CASE WHEN r ->> 'code' = 'DUPLICATE_DATA' THEN coalesce(r #>> '{details,duplicate_record,id}', r #>> '{details,id}') END,
                                'transient', r ->> 'code' IN ('RECORD_LOCKED', 'NOT_APPROVED', 'RECORD_IN_BLUEPRINT')) END), '[]')
      FROM (SELECT CASE jsonb_typeof(p_answer -> coalesce(p_settings ->> 'answerList', 'data')) WHEN 'array'
                        THEN p_answer -> coalesce(p_settings ->> 'answerList', 'data') ELSE '[]' END AS list) a
     CROSS JOIN (SELECT string_to_array(ltrim(p_settings ->> 'idPointer', '/'), '/') AS id, string_to_array(ltrim(p_settings ->> 'totalPointer', '/'), '/') AS total) i
     CROSS JOIN unnest(p_keys) WITH ORDINALITY AS k(key, place)
     CROSS JOIN LATERAL (SELECT a.list -> CAST(k.place - 1 AS integer) AS r) one
     WHERE p_answer IS NOT NULL
$$;

-- Which owned keys Zoho has otherwise: {"Unit_Price": {"before": Zoho's, "after": ours}}; null: none. Empty and missing are the same, a number in quotes is the
-- number. Keys that Zoho's record does not show are not compared.
CREATE OR REPLACE FUNCTION push_drift(p_body jsonb, p_record jsonb, p_settings jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT jsonb_object_agg(b.key, jsonb_build_object('before', p_record -> b.key, 'after', b.value))
      FROM jsonb_each(push_compared(p_body, p_settings)) b
     WHERE p_record ? b.key AND b.value IS DISTINCT FROM p_record -> b.key
       AND NOT (coalesce(NULLIF(b.value, 'null'), '""') = coalesce(NULLIF(p_record -> b.key, 'null'), '""'))
       AND NOT (jsonb_typeof(b.value) IN ('string', 'number') AND jsonb_typeof(p_record -> b.key) IN ('string', 'number')
                AND (b.value #>> '{}' = p_record ->> b.key
                     OR CASE WHEN b.value #>> '{}' ~ '^-?[0-9]+(\.[0-9]+)?$' AND p_record ->> b.key ~ '^-?[0-9]+(\.[0-9]+)?$'
                             THEN CAST(b.value #>> '{}' AS numeric) = CAST(p_record ->> b.key AS numeric) ELSE false END))
$$;

-- Stores what became of records, in one transaction: state, log and counts of the run. An outcome of an older claim changes nothing.
-- p_outcomes: [{key, outcome, zohoId, code, errorKey, text, otherId, modifiedAt, created, transient, limit, handle, record, total}]; outcome is
--   ok        Zoho confirmed it        failed   refused by Zoho, or (transient) a passing failure     unknown  it may have been carried out
--   unsent    surely not carried out   accepted the result comes later
--   found     a look-up found it, as record                       absent   a look-up did not find it; where look-ups lag, this counts a minute after the first one
-- Out: keys for which the status is still to be set, with the operation that sets it. They stay claimed.
CREATE OR REPLACE FUNCTION push_settle(p_org text, p_target text, p_claim bigint, p_call bigint, p_settings jsonb, p_outcomes jsonb)
    RETURNS TABLE (record_key text, op text)
    LANGUAGE sql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS -- by key: the planner expects more rows than a batch has
$$
    SELECT push_tie_own_rows(p_org, p_target, p_claim, p_outcomes) WHERE p_settings ->> 'ownRows' = 'products';
    WITH outcome AS (
        SELECT * FROM jsonb_to_recordset(p_outcomes) AS o(key text, outcome text, "zohoId" text, code text, "errorKey" text, text text, "otherId" text,
                                                          "modifiedAt" timestamptz, created boolean, transient boolean, "limit" boolean, handle text, record jsonb, total text)
    ),
    before AS (
        SELECT s.*, s.attempt ->> 'op' AS op, o.outcome, o."zohoId" AS new_id, o.code, o."errorKey" AS new_key, o.text, o."otherId" AS new_other,
               o."modifiedAt" AS modified_at, o.created AS was_created, o.transient, o."limit" AS limited, o.handle AS new_handle,
               o.outcome = 'ok' OR o.outcome = 'found' AND (NOT p_settings ? 'update' OR push_drift(s.trying, o.record, p_settings) IS NULL) AS confirmed,
               o.outcome = 'absent' AND coalesce(CAST(p_settings #>> '{findOne,twice}' AS boolean), false)
               AND NOT coalesce(CAST(s.attempt ->> 'absentAt' AS timestamptz) <= clock_timestamp() - interval '1 minute', false) AS not_yet,
               CASE WHEN abs(CAST(o.total AS numeric) - CAST(s.attempt ->> 'total' AS numeric)) > 0.01
                    THEN format('Zoho''s total is %s, ours is %s', o.total, s.attempt ->> 'total') END AS finding,
               CASE WHEN s.attempt ->> 'op' IN ('create', 'update') OR o.outcome = 'found' THEN true ELSE false END AS sends_body
          FROM push_state s JOIN outcome o ON o.key = s.record_key
         WHERE s.org_id = p_org AND s.target = p_target AND s.claim = p_claim
         ORDER BY s.record_key FOR UPDATE OF s
    ),
    judged AS (
        SELECT b.*,
               CASE WHEN p_settings ? 'activate' AND b.confirmed AND b.sends_body
                         AND CAST(b.attempt ->> 'active' AS boolean) <> CASE WHEN b.op = 'create' THEN true ELSE coalesce(b.active, true) END
                    THEN CASE WHEN CAST(b.attempt ->> 'active' AS boolean) THEN 'activate' ELSE 'deactivate' END END AS still
          FROM before b
    ),
    settled AS (
        UPDATE push_state s
           SET status = CASE WHEN j.still IS NOT NULL THEN 'unknown'
                             WHEN j.confirmed THEN CASE WHEN CAST(j.attempt ->> 'gone' AS boolean) THEN 'gone' ELSE 'ok' END
                             WHEN j.not_yet THEN 'unknown'
                             WHEN j.outcome IN ('found', 'absent') THEN 'waiting'
                             WHEN j.outcome = 'unsent' THEN coalesce(j.attempt ->> 'before', 'waiting')
                             ELSE j.outcome END,
               claimed_until = CASE WHEN j.still IS NOT NULL THEN s.claimed_until END,
               zoho_id = CASE WHEN j.confirmed AND j.op = 'delete' THEN NULL ELSE coalesce(j.new_id, s.zoho_id) END,
               external_key = CASE WHEN j.confirmed AND j.sends_body THEN coalesce(j.attempt ->> 'externalKey', s.external_key) ELSE s.external_key END,
               sent = CASE WHEN j.confirmed AND j.sends_body THEN s.trying WHEN j.confirmed AND j.op = 'delete' THEN NULL ELSE s.sent END,
               sent_at = CASE WHEN j.confirmed AND j.sends_body THEN clock_timestamp() ELSE s.sent_at END,
               sent_mapping = CASE WHEN j.confirmed AND j.sends_body THEN s.attempt ->> 'mapping' ELSE s.sent_mapping END,
               active = CASE WHEN NOT p_settings ? 'activate' OR NOT j.confirmed THEN s.active
                             WHEN j.op IN ('activate', 'deactivate') THEN j.op = 'activate'
                             WHEN j.op = 'create' THEN true ELSE s.active END,
               trying = CASE WHEN j.outcome = 'absent' AND NOT j.not_yet OR j.outcome = 'found' AND NOT j.confirmed
                                  OR j.outcome = 'unsent' AND coalesce(j.attempt ->> 'before', 'waiting') = 'waiting' THEN NULL ELSE s.trying END,
               run_id = CASE WHEN j.outcome = 'unsent' AND j.attempt ->> 'before' = 'held' THEN CAST(j.attempt ->> 'beforeRun' AS bigint) ELSE s.run_id END,
               call_id = coalesce(p_call, s.call_id),
               attempts = CASE WHEN j.confirmed THEN 0 WHEN j.outcome = 'unsent' THEN s.attempts - 1 ELSE s.attempts END,
               next_at = CASE WHEN j.outcome = 'failed' AND j.transient THEN push_next_try(s.attempts) WHEN j.outcome = 'unsent' THEN s.next_at END,
               error_code = CASE WHEN j.outcome = 'unsent' AND j.attempt ->> 'before' IS NOT NULL THEN s.error_code ELSE coalesce(j.code, CASE WHEN j.finding IS NOT NULL THEN 'total' END) END,
               error_key = CASE WHEN j.outcome = 'unsent' AND j.attempt ->> 'before' IS NOT NULL THEN s.error_key ELSE j.new_key END,
               error_text = CASE WHEN j.outcome = 'unsent' AND j.attempt ->> 'before' IS NOT NULL THEN s.error_text ELSE coalesce(j.text, j.finding) END,
               other_zoho_id = j.new_other,
               rate_limit_hits = s.rate_limit_hits + CASE WHEN j.limited THEN 1 ELSE 0 END,
               last_rate_limit_at = CASE WHEN j.limited THEN clock_timestamp() ELSE s.last_rate_limit_at END,
               zoho_modified_at = coalesce(j.modified_at, s.zoho_modified_at), handle = coalesce(j.new_handle, s.handle),
               checked_at = CASE WHEN j.op = 'find' THEN clock_timestamp() ELSE s.checked_at END,
               attempt = CASE WHEN j.not_yet AND NOT s.attempt ? 'absentAt' THEN s.attempt || jsonb_build_object('absentAt', clock_timestamp()) ELSE s.attempt END,
               updated_at = clock_timestamp()
          FROM judged j
         WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key
        RETURNING s.record_key
    ),
    logged AS (
        UPDATE push_log l SET outcome = j.outcome, call_id = coalesce(p_call, l.call_id), error_code = j.code, error_text = j.text
          FROM judged j
         WHERE l.org_id = p_org AND l.target = p_target AND l.record_key = j.record_key AND l.claim = p_claim AND (l.outcome IS NULL OR l.outcome = 'accepted')
    ),
    to_judge AS (
        INSERT INTO push_handles (org_id, target, handle, claim)
        SELECT DISTINCT p_org, p_target, j.new_handle, p_claim FROM judged j WHERE j.outcome = 'accepted'
            ON CONFLICT DO NOTHING
    ),
    given_up AS (
        INSERT INTO dead_letters AS d (org_id, source, entity, zoho_id, payload, error, attempts, run_id)
        SELECT p_org, 'push', p_target, j.record_key, CAST(j.trying AS text), coalesce(j.text, j.code, 'failed'), j.attempts, j.run_id
          FROM judged j WHERE j.outcome = 'failed' AND j.transient AND push_next_try(j.attempts) IS NULL
            ON CONFLICT (org_id, source, entity, coalesce(zoho_id, ''), digest) DO UPDATE
           SET error = EXCLUDED.error, attempts = EXCLUDED.attempts, failed_at = clock_timestamp(), closed_at = NULL, run_id = EXCLUDED.run_id
    ),
    closed AS (
        UPDATE dead_letters d SET closed_at = clock_timestamp()
          FROM judged j
         WHERE j.confirmed AND d.source = 'push' AND d.org_id = p_org AND d.entity = p_target AND d.zoho_id = j.record_key AND d.closed_at IS NULL
    ),
    counted AS (
        UPDATE sync_runs r
           SET created = r.created + n.created, updated = r.updated + n.updated, deleted = r.deleted + n.deleted, rate_limit_hits = r.rate_limit_hits + n.limited,
               pages = r.pages + 1, heartbeat_at = clock_timestamp(), waiting_since = CASE WHEN n.limited = 0 THEN NULL ELSE r.waiting_since END
          FROM (SELECT j.run_id,
                       count(*) FILTER (WHERE j.confirmed AND j.op IN ('create', 'find') AND coalesce(j.was_created, true) AND j.sent IS NULL) AS created,
                       count(*) FILTER (WHERE j.confirmed AND (j.op = 'update' OR j.op IN ('create', 'find') AND NOT (coalesce(j.was_created, true) AND j.sent IS NULL)
                                                               OR j.op IN ('activate', 'deactivate') AND j.trying = j.sent AND NOT coalesce(CAST(j.attempt ->> 'follows' AS boolean), false))) AS updated,
                       count(*) FILTER (WHERE j.confirmed AND j.op = 'delete') AS deleted,
                       count(*) FILTER (WHERE j.limited) AS limited
                  FROM judged j GROUP BY j.run_id) n
         WHERE r.id = n.run_id
    )
    SELECT j.record_key, j.still FROM judged j WHERE j.still IS NOT NULL
$$;

-- Begins the call that sets the status of a record whose body Zoho has just confirmed, under the same claim.
CREATE OR REPLACE FUNCTION push_follow(p_org text, p_target text, p_claim bigint, p_key text, p_op text) RETURNS void
    LANGUAGE sql AS
$$
    UPDATE push_state SET attempt = attempt || jsonb_build_object('op', p_op, 'follows', true)
     WHERE org_id = p_org AND target = p_target AND record_key = p_key AND claim = p_claim
$$;
