-- Push targets: which records are due, which are refused or held, and the outcome of each attempt.
-- p_settings is the declaration of the target as JSON, see target.schema.json; p_request is sync_runs.request.

-- The reason why a target must not write to Zoho now, for a person to read; null: it may. p_process is that of push_guarded_because.
CREATE OR REPLACE FUNCTION push_refused_because(p_org text, p_target text, p_process jsonb DEFAULT NULL) RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN g.reason IS NOT NULL THEN g.reason
                WHEN t.state IS DISTINCT FROM 'on'
                THEN format('The target %s of organisation %s is off. PATCH /api/organisations/%s with {"push":{"%s":"on"}} switches it on, after a plan', p_target, p_org, p_org, p_target) END
      FROM (SELECT push_guarded_because(p_process) AS reason) g LEFT JOIN push_targets t ON t.org_id = p_org AND t.target = p_target
$$;

-- A body without the keys that only a create sends, for comparisons.
CREATE OR REPLACE FUNCTION push_compared(p_body jsonb, p_settings jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_settings ? 'createOnly' THEN p_body - ARRAY(SELECT jsonb_array_elements_text(p_settings -> 'createOnly')) ELSE p_body END
$$;

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

-- A list of keys in the settings of a target; empty if the settings have no such list.
CREATE OR REPLACE FUNCTION push_keys(p_settings jsonb, p_name text) RETURNS text[]
    LANGUAGE sql IMMUTABLE AS
$$ SELECT ARRAY(SELECT jsonb_array_elements_text(p_settings -> p_name)) $$;

-- The values of columns of a view as conditions on the view's rows, v. Values are compared as the columns' types compare them, so 899 equals 899.00.
CREATE OR REPLACE FUNCTION push_columns_are(p_view text, p_columns jsonb) RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT coalesce(string_agg(format(' AND v.%I = CAST(%L AS %s)', c.key, c.value, format_type(a.atttypid, NULL)), ''), '')
      FROM jsonb_each_text(p_columns) c
      JOIN pg_attribute a ON a.attrelid = to_regclass(quote_ident(p_view)) AND a.attname = c.key AND a.attnum > 0 AND NOT a.attisdropped
$$;

-- The columns of a view, of which a request chooses records by their values, and why one of these values is none of its column; null: they fit.
CREATE OR REPLACE FUNCTION push_columns(p_view text, p_columns jsonb, OUT columns text, OUT problem text)
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    SELECT CAST(coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') AS text) INTO columns
      FROM pg_attribute a WHERE a.attrelid = to_regclass(quote_ident(p_view)) AND a.attnum > 0 AND NOT a.attisdropped;
    IF p_columns IS NOT NULL THEN
        EXECUTE format('SELECT count(*) FROM (SELECT * FROM %I LIMIT 0) v WHERE true%s', p_view, push_columns_are(p_view, p_columns));
    END IF;
EXCEPTION WHEN data_exception OR undefined_function OR undefined_table THEN -- a value that is none of the type, or a type that knows no =
    problem := SQLERRM;
END
$$;

-- The request of a run, completed by the keys of the records that the run is about. These are: the keys in the request; or records whose columns in the view
-- have the requested values; or records that another run wrote and this run takes back; or records that changed since the last run of all rows began, and those
-- that are unknown, waiting, refused (perhaps for the sake of another row) or due again. A request without keys is about all records.
CREATE OR REPLACE FUNCTION push_selection(p_org text, p_target text, p_settings jsonb, p_request jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_keys  jsonb;
    v_since timestamptz;
BEGIN
    IF p_request ? 'columns' THEN
        EXECUTE format('SELECT coalesce(jsonb_agg(DISTINCT CAST(v.%1$I AS text)), ''[]'') FROM %2$I v WHERE v.org_id = $1 AND v.%1$I IS NOT NULL%3$s', coalesce(p_settings ->> 'viewKey', 'record_key'),
                       p_settings ->> 'view', push_columns_are(p_settings ->> 'view', p_request -> 'columns'))
           INTO v_keys USING p_org;
        RETURN p_request || jsonb_build_object('keys', v_keys);
    ELSIF p_request ? 'revert' THEN
        RETURN p_request || jsonb_build_object('keys', ARRAY(SELECT b.record_key FROM push_before(CAST(p_request ->> 'revert' AS bigint)) b ORDER BY b.record_key));
    END IF;
    IF NOT p_request ? 'changed' OR NOT p_settings ? 'changedColumn' THEN
        RETURN p_request;
    END IF;
    SELECT max(r.started_at) - interval '10 minutes' INTO v_since   -- some transactions may have been open at that time
      FROM sync_runs r WHERE r.org = p_org AND r.entity = p_target AND r.mode = 'push' AND NOT r.dry_run AND r.status IN ('succeeded', 'partial')
       AND NOT coalesce(r.request ?| ARRAY['keys', 'columns', 'status', 'limit', 'release', 'revert'], false); -- these are not about all rows
    IF v_since IS NULL THEN
        RETURN p_request;
    END IF;
    EXECUTE format('SELECT coalesce(jsonb_agg(k), ''[]'') FROM (SELECT CAST(v.%1$I AS text) FROM %2$I v WHERE v.org_id = $1 AND v.%1$I IS NOT NULL AND v.%3$I >= $2
                    UNION SELECT s.record_key FROM push_state s WHERE s.org_id = $1 AND s.target = $3
                      AND (s.status IN (''unknown'', ''waiting'', ''refused'') OR s.next_at <= clock_timestamp())) keys(k)',
                   coalesce(p_settings ->> 'viewKey', 'record_key'), p_settings ->> 'view', p_settings ->> 'changedColumn')
       INTO v_keys USING p_org, v_since, p_target;
    RETURN p_request || jsonb_build_object('keys', v_keys);
END
$$;

-- The rows of a target: runs its SQL file, with the parameters :?org and :?keys (text[], null: all). A column that the file does not have gets its value from
-- "otherwise", because a name in the subquery means a column of the file first. Texts may be of any text type. For a run that reverts another run, the rows are
-- those that the other run wrote, with their bodies from before it. An error names both the file and the view, because either may be changed during a run.
CREATE OR REPLACE FUNCTION push_rows(p_org text, p_target text, p_view text, p_request jsonb, p_sql text) RETURNS SETOF push_row
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    IF p_request ? 'revert' THEN
        RETURN QUERY SELECT b.record_key, s.external_key, b.body, true, CAST(NULL AS text), CAST(NULL AS text), false, b.active, CAST(NULL AS numeric)
                       FROM sync_runs r CROSS JOIN LATERAL push_before(r.id) b
                       JOIN push_state s ON s.org_id = r.org AND s.target = r.entity AND s.record_key = b.record_key
                      WHERE r.id = CAST(p_request ->> 'revert' AS bigint);
        RETURN;
    END IF;
    RETURN QUERY EXECUTE
        'SELECT CAST(r.record_key AS text), CAST(r.external_key AS text), r.body, r.zero, CAST(r.refused AS text), CAST(r.needs AS text), r.gone, r.active,
                CAST(r.total AS numeric)
           FROM (SELECT false AS zero, CAST(NULL AS text) AS refused, CAST(NULL AS text) AS needs, false AS gone, CAST(NULL AS boolean) AS active,
                        CAST(NULL AS numeric) AS total) otherwise
          CROSS JOIN LATERAL (SELECT record_key, external_key, body, zero, refused, needs, gone, active, total FROM ('
        || replace(replace(p_sql, ':?org', '$1'), ':?keys', '$2') || E'\n) file) r'
      USING p_org, CASE WHEN p_request ? 'keys' THEN ARRAY(SELECT jsonb_array_elements_text(p_request -> 'keys')) END;
EXCEPTION
    WHEN syntax_error_or_access_rule_violation OR data_exception OR cardinality_violation OR raise_exception THEN
        RAISE EXCEPTION 'routes/push/%.sql cannot run: %. Correct %, or that file', p_target, SQLERRM, coalesce('the view ' || p_view, 'the view that it reads')
              USING ERRCODE = SQLSTATE;
    WHEN query_canceled THEN -- fails the run; a failure of the database would be repeated for ever
        RAISE EXCEPTION 'routes/push/%.sql was ended: %. Make % quicker, or raise the limit', p_target, SQLERRM, coalesce('the view ' || p_view, 'the view that it reads')
              USING ERRCODE = 'raise_exception';
END
$$;

-- An external key in the form in which Zoho compares it: a field of Zoho CRM that takes no duplicates ignores upper and lower case, and spaces at both ends.
CREATE OR REPLACE FUNCTION push_same_key(p_key text, p_settings jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN p_settings ? 'uniqueField' THEN lower(btrim(p_key)) ELSE p_key END $$;

-- Rows of the view that a run of some keys is not about, and that have the external keys of rows of the run which left the view. Where Zoho knows a record by its key
-- alone, the record goes to such a row.
CREATE OR REPLACE FUNCTION push_heirs(p_org text, p_target text, p_settings jsonb, p_request jsonb, p_rows push_row[], p_sql text) RETURNS SETOF push_row
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_keys text[];
    v_left text[];
BEGIN
    IF NOT p_request ? 'keys' OR p_request ? 'revert' OR coalesce(p_settings ->> 'absent', 'nothing') = 'nothing' THEN
        RETURN;
    END IF;
    v_keys := ARRAY(SELECT jsonb_array_elements_text(p_request -> 'keys'));
    v_left := ARRAY(SELECT push_same_key(s.external_key, p_settings) FROM push_state s
                     WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = ANY (v_keys) AND s.status <> 'gone'
                       AND NOT EXISTS (SELECT FROM unnest(p_rows) w WHERE w.record_key = s.record_key AND NOT coalesce(w.gone, false)));
    IF v_left <> '{}' THEN
        RETURN QUERY SELECT r.* FROM push_rows(p_org, p_target, p_settings ->> 'view', '{}', p_sql) r
                      WHERE push_same_key(r.external_key, p_settings) = ANY (v_left) AND NOT coalesce(r.gone, false) AND r.record_key <> ALL (v_keys);
    END IF;
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

-- What every later attempt of a row has to know, and every decision about it has to keep.
CREATE OR REPLACE FUNCTION push_kept(p_row push_state) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_row.attempt ? 'found' THEN jsonb_build_object('found', p_row.attempt -> 'found') ELSE '{}' END
           || CASE WHEN push_status_in_doubt(p_row) THEN jsonb_build_object('statusInDoubt', true) ELSE '{}' END
           || CASE WHEN push_is_retired(p_row) THEN jsonb_build_object('retired', true) ELSE '{}' END
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
           s.run_id, s.checked_at, coalesce(s.claimed_until > clock_timestamp(), false) AS claimed, s.active AS confirmed_active, s.sent_mapping,
           coalesce(push_status_in_doubt(s), false) AS status_in_doubt,
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
                THEN CASE WHEN c.zoho_id IS NULL AND c.sent IS NULL AND c.checked_at > greatest(c.tried_at, clock_timestamp() - interval '1 minute') THEN NULL ELSE 1 END
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
                WHEN (c.changed OR c.status_differs)
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
           CASE WHEN r.resumes THEN r.trying - r.create_only IS DISTINCT FROM r.sent - r.create_only ELSE r.changed END AS sends_change
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
            WHEN NOT c.gone AND NOT c.changed AND NOT c.status_differs AND c.refusal IS NULL AND c.sent IS NOT NULL
                 AND (c.status IN ('refused', 'waiting') OR c.status = 'failed' AND NOT c.reverting
                      OR c.status = 'held' AND NOT c.reverting AND (c.trying <> c.body OR c.tried_gone OR c.tried_active IS DISTINCT FROM c.active)) THEN 'ok'
            WHEN NOT c.gone AND c.was_sent AND c.status IN ('gone', 'refused', 'waiting') AND c.sent IS NOT NULL THEN 'ok'
            WHEN NOT c.gone AND c.was_sent AND c.status IN ('waiting', 'refused') AND c.sent IS NULL AND NOT c.in_conflict THEN 'ok' -- a document found in Zoho stays as it is
            WHEN c.gone AND c.rank IS NULL AND c.needs IS NULL AND c.status_now NOT IN ('gone', 'unknown', 'accepted') AND NOT c.retirable AND NOT c.undecided THEN 'gone' END
  FROM chosen c
$$;

-- The reason why a person must look at the changes of a run before they are sent; null: none. p_confirmed is the number of records that Zoho has confirmed.
CREATE OR REPLACE FUNCTION push_brake(p_changed bigint, p_emptied bigint, p_deactivated bigint, p_confirmed bigint, p_settings jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT NULLIF(concat_ws('; ',
        CASE WHEN p_changed > 20 AND p_changed * 100 > p_confirmed * CAST(p_settings ->> 'changeShare' AS numeric)
             THEN format('%s of %s confirmed records would change: more than %s %% and more than 20', p_changed, p_confirmed, trim_scale(CAST(p_settings ->> 'changeShare' AS numeric))) END,
        CASE WHEN p_emptied > 10 THEN format('in %s records a price would become 0 or a text empty: more than 10', p_emptied) END,
        CASE WHEN p_deactivated > 10 AND p_deactivated * 10 > p_confirmed
             THEN format('%s of %s confirmed records would become inactive or be deleted: more than 10 %% and more than 10', p_deactivated, p_confirmed) END), '')
$$;

-- Whether a change sets a price to 0 or empties a text.
CREATE OR REPLACE FUNCTION push_empties(p_sent jsonb, p_body jsonb, p_settings jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT EXISTS (SELECT FROM jsonb_each(p_body) b
                    WHERE b.value IS DISTINCT FROM p_sent -> b.key
                      AND (p_settings -> 'money' ? b.key AND b.value = '0' OR b.value IN ('""', 'null') AND coalesce(p_sent ->> b.key, '') <> ''))
$$;

-- Whether a change makes a record inactive, or deletes the record.
CREATE OR REPLACE FUNCTION push_deactivates(p_op text, p_gone boolean, p_sent jsonb, p_body jsonb, p_status_differs boolean, p_active boolean, p_settings jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT p_op IN ('deactivate', 'delete') OR p_gone
           OR coalesce(p_settings ? 'activeKey' AND p_sent -> (p_settings ->> 'activeKey') = 'true' AND p_body -> (p_settings ->> 'activeKey') = 'false', false)
           OR p_status_differs AND NOT p_active
$$;

-- The differences of two bodies: {"Unit_Price": {"before": 899, "after": 999}}; null: there are none.
CREATE OR REPLACE FUNCTION push_changes(p_before jsonb, p_after jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT jsonb_object_agg(k, CASE WHEN p_before ? k THEN jsonb_build_object('before', p_before -> k) ELSE '{}' END || jsonb_build_object('after', p_after -> k))
      FROM (SELECT jsonb_object_keys(p_after) UNION SELECT jsonb_object_keys(p_before)) keys(k)
     WHERE p_before -> k IS DISTINCT FROM p_after -> k
$$;

-- The reason why a single record is held: its mapping gives another body each time, or somebody else writes the same column. null: it is not held.
CREATE OR REPLACE FUNCTION push_restless_because(p_org text, p_target text, p_key text, p_sent jsonb, p_body jsonb) RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT format('pushed %s times within an hour, and %s keeps changing', count(*),
                  (SELECT string_agg(k, ', ' ORDER BY k) FROM jsonb_object_keys(push_changes(p_sent, p_body)) d(k)))
      FROM push_log l
     WHERE l.org_id = p_org AND l.target = p_target AND l.record_key = p_key AND l.outcome = 'ok'
       AND l.action IN ('create', 'update') AND l.at > clock_timestamp() - interval '1 hour'
    HAVING count(*) >= 5
$$;

-- Examines all rows of a target before anything is sent: stores which rows are refused, wait or are gone, and holds a run that would change too
-- much. Only rows of push_state whose status or reason changes are written. p_run is null if a person pushes single records; these are never held.
-- Out: the number of rows to be sent, of refused and of waiting rows, and the reason why the run is held (null: it is not held). No row: another process
-- has taken the run over.
CREATE OR REPLACE FUNCTION push_examine(p_run bigint, p_epoch integer, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_sql text)
    RETURNS TABLE (candidates bigint, refused bigint, waits bigint, reason text)
    LANGUAGE plpgsql AS
$$
DECLARE
    c_differs CONSTANT text := 'The row differs from what was sent; a document is sent once';
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
    v_rows := ARRAY(SELECT r FROM push_rows(p_org, p_target, p_settings ->> 'view', v_request, p_sql) r);
    IF EXISTS (SELECT FROM unnest(v_rows) w WHERE w.record_key IS NULL) THEN
        RAISE EXCEPTION 'The SQL file of % gives rows without a record_key; nothing is sent', p_target USING ERRCODE = 'null_value_not_allowed';
    END IF;
    RETURN QUERY
    WITH judged AS MATERIALIZED (
        SELECT * FROM push_judged(p_org, p_target, p_settings, v_request, v_rows,
                                   ARRAY(SELECT h FROM push_heirs(p_org, p_target, p_settings, v_request, v_rows, p_sql) h))
    ),
    restless AS (
        SELECT j.record_key, n.reason
          FROM judged j
         CROSS JOIN LATERAL push_restless_because(p_org, p_target, j.record_key, j.sent, j.body) n(reason)
         WHERE v_brakes AND j.rank = 4 AND j.op = 'update' AND j.sent IS NOT NULL AND n.reason IS NOT NULL
    ),
    changes AS (
        SELECT j.*, r.reason AS restless, push_empties(j.sent, j.body, p_settings) AS empties,
               push_deactivates(j.op, j.gone, j.sent, j.body, j.status_differs, j.active, p_settings) AS deactivates
          FROM judged j LEFT JOIN restless r USING (record_key)
         WHERE j.sent IS NOT NULL AND (j.rank IN (4, 5) OR j.rank = 6 AND (j.changed OR p_request ? 'repair'))
    ),
    figures AS (
        SELECT count(c.record_key) FILTER (WHERE c.restless IS NULL) AS changed, count(*) FILTER (WHERE c.empties) AS emptied,
               count(*) FILTER (WHERE c.deactivates) AS deactivated,
               h.already_held, h.already_retiring,
               (SELECT count(*) FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.sent IS NOT NULL AND s.status <> 'gone') AS confirmed
          FROM (SELECT count(*) AS already_held, count(*) FILTER (WHERE j.gone) AS already_retiring
                  FROM judged j WHERE j.status = 'held' AND j.error_code = 'held' AND j.rank IS NULL AND j.body = j.trying) h
          LEFT JOIN changes c ON true
         GROUP BY h.already_held, h.already_retiring
    ),
    brake AS MATERIALIZED (
        SELECT CASE WHEN v_brakes AND f.changed > 0
                    THEN push_brake(f.changed + f.already_held, f.emptied, f.deactivated + f.already_retiring, f.confirmed, p_settings) END AS reason FROM figures f
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
           SET status = 'refused', external_key = CASE WHEN s.sent IS NULL AND s.zoho_id IS NULL THEN EXCLUDED.external_key ELSE s.external_key END,
               trying = EXCLUDED.trying, tried_at = EXCLUDED.tried_at, attempt = EXCLUDED.attempt || push_kept(s), run_id = EXCLUDED.run_id,
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
           SET status = 'waiting', external_key = CASE WHEN s.sent IS NULL AND s.zoho_id IS NULL THEN EXCLUDED.external_key ELSE s.external_key END,
               trying = NULL, error_code = 'waiting', error_key = NULL, error_text = EXCLUDED.error_text, next_at = NULL,
               updated_at = clock_timestamp()
        RETURNING s.record_key
    ),
    settling AS (
        UPDATE push_state s
           SET status = j.becomes, error_code = CASE WHEN v.differs THEN 'differs' END, error_key = NULL, next_at = NULL, attempts = 0,
               error_text = CASE WHEN v.differs THEN c_differs WHEN j.becomes = 'gone' AND p_settings ->> 'mode' = 'once' AND s.sent IS NOT NULL
                                 THEN 'The row is cancelled or left the view; the document stays in Zoho as it is' END, other_zoho_id = NULL, updated_at = clock_timestamp(),
               sent = CASE WHEN j.becomes = 'gone' AND p_settings ->> 'absent' IN ('deactivate', 'delete') THEN NULL -- another row has the record now
                           WHEN j.becomes = 'ok' THEN coalesce(s.sent, j.body) ELSE s.sent END,
               external_key = CASE WHEN j.becomes = 'ok' AND s.sent IS NULL THEN j.external_key ELSE s.external_key END
          FROM judged j CROSS JOIN LATERAL (SELECT p_settings ->> 'mode' = 'once' AND j.becomes = 'ok' AND j.sent IS NOT NULL AND j.changed AS differs) v
         WHERE j.becomes IS NOT NULL AND s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key
    ),
    remapped AS ( -- an edited mapping makes the same bodies: from now on, a key that vanishes is no edit of the mapping
        UPDATE push_state s SET sent_mapping = p_settings ->> 'mapping'
          FROM judged j WHERE j.remapped AND j.becomes IS NULL AND s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key
    ),
    differing AS (
        UPDATE push_state s
           SET error_code = 'differs', error_text = c_differs, updated_at = clock_timestamp()
          FROM judged j
         WHERE p_settings ->> 'mode' = 'once' AND j.sent IS NOT NULL AND j.changed AND NOT j.gone AND j.status = 'ok' AND coalesce(j.error_code, '') NOT IN ('differs', 'total')
           AND s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key
    ),
    agreeing AS (
        UPDATE push_state s SET error_code = NULL, error_text = NULL, updated_at = clock_timestamp()
          FROM judged j
         WHERE p_settings ->> 'mode' = 'once' AND NOT j.changed AND NOT j.gone AND j.status = 'ok' AND j.error_code = 'differs'
           AND s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key
    ),
    holding AS (
        UPDATE push_state s
           SET status = 'held', trying = c.body, run_id = p_run, error_code = CASE WHEN c.restless IS NULL THEN 'held' ELSE 'restless' END, error_key = NULL,
               error_text = coalesce(c.restless, b.reason), next_at = NULL, updated_at = clock_timestamp(),
               attempt = jsonb_build_object('op', c.op, 'active', c.active, 'gone', c.retires, 'mapping', p_settings ->> 'mapping') || push_kept(s)
                         || CASE WHEN p_request ? 'revert' THEN jsonb_build_object('reverts', p_request -> 'revert') ELSE '{}' END
          FROM changes c CROSS JOIN brake b
         WHERE (b.reason IS NOT NULL OR c.restless IS NOT NULL)
           AND s.org_id = p_org AND s.target = p_target AND s.record_key = c.record_key
        RETURNING s.record_key, s.error_text, push_changes(c.sent, c.body) AS changes
    ),
    taken_over AS ( -- a later held run replaces an earlier one, unless the earlier one reverts a run
        UPDATE push_state s SET run_id = p_run, updated_at = clock_timestamp()
          FROM brake b
         WHERE b.reason IS NOT NULL AND s.org_id = p_org AND s.target = p_target AND s.status = 'held' AND s.error_code = 'held'
           AND NOT p_request ? 'revert' AND NOT coalesce(s.attempt ? 'reverts', false) AND s.record_key NOT IN (SELECT h.record_key FROM holding h)
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
           SET seen = cardinality(v_rows), unchanged = CASE WHEN r.pages = 0 THEN c.unchanged ELSE r.unchanged END, -- what the run sent before a wait is unchanged now
               rejected = c.refused, waiting = c.waits, held = (SELECT count(*) FROM holding)
          FROM counted c WHERE r.id = p_run
    )
    SELECT c.candidates, c.refused, c.waits, b.reason FROM counted c CROSS JOIN brake b;
END
$$;

-- Whether a run would send or store anything.
CREATE OR REPLACE FUNCTION push_is_due(p_org text, p_target text, p_settings jsonb, p_sql text) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT EXISTS (SELECT FROM push_selection(p_org, p_target, p_settings, '{"changed": true}') n(request)
                    CROSS JOIN LATERAL (SELECT ARRAY(SELECT r FROM push_rows(p_org, p_target, p_settings ->> 'view', n.request, p_sql) r) AS of_run) v
                    CROSS JOIN LATERAL push_judged(p_org, p_target, p_settings, n.request, v.of_run,
                                                   ARRAY(SELECT h FROM push_heirs(p_org, p_target, p_settings, n.request, v.of_run, p_sql) h)) j
                    WHERE j.rank IS NOT NULL OR j.becomes IS NOT NULL OR j.remapped
                       OR NOT j.claimed AND j.status IS DISTINCT FROM 'unknown'
                          AND (j.refusal IS NOT NULL AND (j.status, j.error_text) IS DISTINCT FROM ('refused', j.refusal)
                               OR j.needs IS NOT NULL AND j.refusal IS NULL AND NOT j.gone AND j.changed
                                  AND (j.status, j.error_text) IS DISTINCT FROM ('waiting', 'waits for ' || j.needs)))
$$;

-- The next rows to send, as batches of one sort of call each, in the order in which they are due. Rows that are due again and new rows alternate, so that
-- both make progress. There are at most as many rows as 50 calls can send, so that the view is read anew after about half a minute. In one run each record
-- is tried once, or three times if its outcome stays unknown.
CREATE OR REPLACE FUNCTION push_next(p_run bigint, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_sql text)
    RETURNS TABLE (op text, rows jsonb)
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN QUERY
    WITH judged AS MATERIALIZED (
        SELECT j.*
          FROM push_selection(p_org, p_target, p_settings, p_request) n(request)
         CROSS JOIN LATERAL (SELECT ARRAY(SELECT r FROM push_rows(p_org, p_target, p_settings ->> 'view', n.request, p_sql) r) AS of_run) v
         CROSS JOIN LATERAL push_judged(p_org, p_target, p_settings, n.request, v.of_run,
                                        ARRAY(SELECT h FROM push_heirs(p_org, p_target, p_settings, n.request, v.of_run, p_sql) h)) j
         WHERE j.rank IS NOT NULL
    ),
    brake AS MATERIALIZED ( -- the run was examined before: if it would be held now, the view has changed since. The next run holds these changes
        SELECT p_run IS NOT NULL AND NOT p_request ? 'release'
               AND push_brake(count(*), count(*) FILTER (WHERE push_empties(j.sent, j.body, p_settings)),
                              count(*) FILTER (WHERE push_deactivates(j.op, j.gone, j.sent, j.body, j.status_differs, j.active, p_settings)),
                              (SELECT count(*) FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.sent IS NOT NULL AND s.status <> 'gone'),
                              p_settings) IS NOT NULL AS holds
          FROM judged j WHERE j.sent IS NOT NULL AND (j.rank IN (4, 5) OR j.rank = 6 AND (j.changed OR p_request ? 'repair'))
    ),
    tried AS (
        SELECT l.record_key, count(*) FILTER (WHERE l.action <> 'find') AS times, count(*) FILTER (WHERE l.action = 'find') AS finds,
               coalesce(bool_or(l.run_id = p_run AND l.action <> 'find'), false) AS here FROM push_log l
         WHERE l.run_id IN (SELECT run_parts(p_run)) AND l.org_id = p_org AND l.target = p_target AND l.action NOT IN ('refuse', 'hold')
           AND l.outcome IS DISTINCT FROM 'unsent' -- a run that waited for a limit sends these records now
         GROUP BY l.record_key
    ),
    due AS (
        SELECT j.*, row_number() OVER (PARTITION BY j.rank <= 2 ORDER BY j.rank, j.tried_at NULLS FIRST, j.record_key) AS turn,
               -- what Zoho answers with a server error again and again comes last, and alone
               j.rank = 1 AND coalesce((SELECT s.attempts >= 3 FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key), false) AS stubborn
          FROM judged j
         CROSS JOIN brake b
          LEFT JOIN tried t USING (record_key)
         WHERE NOT (b.holds AND j.sent IS NOT NULL AND j.rank >= 4)
           AND NOT (j.status = 'held' AND j.error_code = 'restless' -- of this run: an earlier one held it for an hour that may be over
                    AND EXISTS (SELECT FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key AND s.run_id = p_run))
           AND CASE WHEN j.op = 'find' THEN coalesce(t.finds, 0) < 3
                    ELSE coalesce(t.times, 0) = 0 OR j.rank = 1 AND t.times < 3 OR NOT t.here AND j.rank < 6 END
           AND (p_run IS NULL OR EXISTS (SELECT FROM sync_runs r WHERE r.id = p_run AND r.status = 'running')) -- a run that was cancelled has nothing left
    ),
    chosen AS (
        SELECT d.*, row_number() OVER (ORDER BY d.stubborn, d.turn, d.rank, d.record_key) AS place FROM due d
         ORDER BY d.stubborn, d.turn, d.rank, d.record_key
         LIMIT least(greatest(200, least(5000, 50 * CAST(p_settings ->> 'batch' AS integer))), CASE WHEN p_request ? 'limit' THEN greatest(0, CAST(p_request ->> 'limit' AS integer) - (SELECT count(*) FROM tried WHERE times > 0)) END)
    ),
    sized AS ( -- the application holds the rows in memory: no more than 4 MB, or one row
        SELECT c.*, sum(octet_length(CAST(c.body AS text))) OVER (ORDER BY c.place) AS bytes FROM chosen c
    ),
    batched AS (
        SELECT c.*, (row_number() OVER (PARTITION BY c.op, c.stubborn ORDER BY c.place) - 1)
                    / CASE WHEN c.op IN ('create', 'update', 'delete') AND NOT c.stubborn THEN CAST(p_settings ->> 'batch' AS integer) ELSE 1 END AS batch
          FROM sized c WHERE c.bytes <= 4000000 OR c.place = 1
    )
    SELECT b.op, jsonb_agg(jsonb_build_object('recordKey', b.record_key, 'externalKey', b.external_key, 'body', b.body, 'active', b.active, 'total', b.total, 'gone', b.retires,
                                                  'triedAt', b.tried_at, 'zohoId', b.zoho_id)
                           ORDER BY b.place)
      FROM batched b GROUP BY b.op, b.stubborn, b.batch ORDER BY min(b.place);
END
$$;

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
           CASE WHEN p_op IN ('create', 'update') THEN push_changes(coalesce(s.sent, s.attempt -> 'found'), s.trying - v_leaves)
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

-- The time at which a passing failure is tried again; null: it is not tried again and becomes a dead letter.
CREATE OR REPLACE FUNCTION push_next_try(p_attempts integer) RETURNS timestamptz
    LANGUAGE sql STABLE AS
$$
    SELECT clock_timestamp() + CASE WHEN p_attempts <= 1 THEN interval '5 minutes' WHEN p_attempts = 2 THEN interval '15 minutes'
                                    WHEN p_attempts = 3 THEN interval '1 hour' WHEN p_attempts = 4 THEN interval '4 hours'
                                    WHEN p_attempts < 12 THEN interval '24 hours' END
$$;

-- Turns Zoho's answer into outcomes for push_settle. If the target declares answers: each, the answer has one result for each record, in the same order; if the
-- numbers differ, all records are unknown. Otherwise the answer is the record. p_answer null: there is no answer, and no outcome.
CREATE OR REPLACE FUNCTION push_results(p_keys text[], p_op text, p_answer jsonb, p_settings jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT coalesce(jsonb_agg(jsonb_build_object('key', k.key) || CASE
        WHEN p_op NOT IN ('create', 'update', 'delete') THEN '{"outcome": "ok"}'
        WHEN p_settings ->> 'answers' <> 'each'
        THEN CASE WHEN p_op = 'create' AND p_settings ? 'idPointer' AND p_answer #>> i.id IS NULL
                       AND (p_answer -> i.id[1] IS NULL OR p_settings #>> '{update,request}' LIKE '%{zohoId}%') -- an update by the external key needs no id
                  THEN '{"outcome": "unknown", "code": "no-id", "text": "Zoho''s answer names no id"}'
                  ELSE jsonb_build_object('outcome', 'ok', 'zohoId', p_answer #>> i.id, 'total', p_answer #>> i.total) END
        WHEN jsonb_array_length(a.list) <> cardinality(p_keys)
        THEN jsonb_build_object('outcome', 'unknown', 'text', format('Zoho answered with %s results for %s records', jsonb_array_length(a.list), cardinality(p_keys)))
        WHEN r ->> 'status' = 'success' AND NULLIF(r ->> 'duplicate_field', '') <> split_part(p_settings ->> 'uniqueField', '.', 2)
        THEN jsonb_build_object('outcome', 'failed', 'code', 'matched', 'errorKey', r ->> 'duplicate_field', 'otherId', r #>> i.id,
                                'text', format('Zoho matched it by %s, record %s', r ->> 'duplicate_field', r #>> i.id))
        WHEN r ->> 'status' = 'success' AND p_op = 'create' AND p_settings ? 'idPointer' AND r #>> i.id IS NULL
        THEN '{"outcome": "unknown", "code": "no-id", "text": "Zoho''s answer names no id"}'
        WHEN r ->> 'status' = 'success'
        THEN jsonb_build_object('outcome', 'ok', 'zohoId', r #>> i.id, 'modifiedAt', r #>> '{details,Modified_Time}', 'created', r ->> 'action' IS DISTINCT FROM 'update')
        WHEN p_op = 'delete' AND r ->> 'code' = 'INVALID_DATA' THEN '{"outcome": "ok"}' -- only the id is sent: Zoho has no such record any more
        WHEN r ->> 'code' = 'INTERNAL_ERROR' THEN jsonb_build_object('outcome', 'unknown', 'code', r ->> 'code', 'text', r ->> 'message')
        WHEN r ->> 'code' IS NULL THEN '{"outcome": "unknown", "text": "Zoho''s answer says neither that it took the record nor why not"}'
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

-- Whether Zoho has a value as ours is. Empty and missing are the same, and a number in quotes is the number. An object of Zoho's may have more keys. A list has as many
-- elements as ours, in any order, and each element of ours has one of its own there.
CREATE OR REPLACE FUNCTION push_agrees(p_ours jsonb, p_zohos jsonb) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
    v_ours  text := p_ours #>> '{}';
    v_zohos text := p_zohos #>> '{}';
    v_left  jsonb := p_zohos;
    v_one   jsonb;
    v_place integer;
BEGIN
    IF coalesce(p_ours, 'null') = coalesce(p_zohos, 'null') OR coalesce(v_ours, '') = '' AND coalesce(v_zohos, '') = '' THEN
        RETURN true;
    ELSIF jsonb_typeof(p_ours) = 'object' AND jsonb_typeof(p_zohos) = 'object' THEN
        RETURN NOT EXISTS (SELECT FROM jsonb_each(p_ours) o WHERE NOT push_agrees(o.value, p_zohos -> o.key));
    ELSIF jsonb_typeof(p_ours) = 'array' AND jsonb_typeof(p_zohos) = 'array' THEN
        IF jsonb_array_length(p_ours) <> jsonb_array_length(p_zohos) THEN
            RETURN false;
        END IF;
        FOR v_one IN SELECT e FROM jsonb_array_elements(p_ours) e ORDER BY length(CAST(e AS text)) DESC LOOP -- the longest has the fewest to agree with
            SELECT z.place - 1 INTO v_place FROM jsonb_array_elements(v_left) WITH ORDINALITY z(e, place) WHERE push_agrees(v_one, z.e)
             ORDER BY length(CAST(z.e AS text)), z.place LIMIT 1;
            IF NOT FOUND THEN
                RETURN false;
            END IF;
            v_left := v_left - v_place;
        END LOOP;
        RETURN true;
    END IF;
    RETURN coalesce(jsonb_typeof(p_ours) IN ('string', 'number') AND jsonb_typeof(p_zohos) IN ('string', 'number')
           AND (v_ours = v_zohos OR CASE WHEN v_ours ~ '^-?[0-9]+(\.[0-9]+)?$' AND v_zohos ~ '^-?[0-9]+(\.[0-9]+)?$' THEN CAST(v_ours AS numeric) = CAST(v_zohos AS numeric) ELSE false END), false);
END
$$;

-- The keys of the body that have another value in Zoho: {"Unit_Price": {"before": Zoho's value, "after": ours}}; null: there are none. Keys that Zoho's record does
-- not have are not compared.
CREATE OR REPLACE FUNCTION push_drift(p_body jsonb, p_record jsonb, p_settings jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT jsonb_object_agg(b.key, jsonb_build_object('before', p_record -> b.key, 'after', b.value))
      FROM jsonb_each(push_compared(p_body, p_settings)) b
     WHERE p_record ? b.key AND NOT push_agrees(b.value, p_record -> b.key)
$$;

-- A time from Zoho; null if the text is no time.
CREATE OR REPLACE FUNCTION push_moment(p_text text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN zoho_time('', p_text);
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;

-- When a record was changed last, in the words of each API of Zoho; null if the record does not say.
CREATE OR REPLACE FUNCTION push_modified_at(p_record jsonb) RETURNS timestamptz
    LANGUAGE sql STABLE AS
$$ SELECT push_moment(coalesce(p_record ->> 'Modified_Time', p_record ->> 'last_modified_time', p_record ->> 'updated_time')) $$;

-- An amount from Zoho, as a number or in quotes; null if the text is no amount.
CREATE OR REPLACE FUNCTION push_amount(p_text text) RETURNS numeric
    LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN p_text ~ '^-?[0-9]{1,30}(\.[0-9]{1,30})?$' THEN CAST(p_text AS numeric) END $$;

-- Stores the outcomes of records in one transaction: their state, the log, and the counts of the run. An outcome of an older claim changes nothing.
-- p_outcomes: [{key, outcome, zohoId, code, errorKey, text, otherId, modifiedAt, created, transient, limit, handle, record, total}]; outcome is
--   ok        Zoho confirmed it        failed   refused by Zoho, or (transient) a passing failure     unknown  it may have been carried out
--   unsent    surely not carried out   accepted the result comes later
--   found     a look-up found it, as record                       absent   a look-up did not find it; where look-ups lag, this counts a minute after the first one
--   changed   Zoho did not write over what changed since (If-Unmodified-Since). record: as Zoho has it now, null where that was not read. Where it is what was sent, an
--             earlier answer was lost, and Zoho has confirmed it
-- Out: the keys of records that are still to be activated or deactivated, with that operation. They stay claimed.
CREATE OR REPLACE FUNCTION push_settle(p_org text, p_target text, p_claim bigint, p_call bigint, p_settings jsonb, p_outcomes jsonb)
    RETURNS TABLE (record_key text, op text)
    LANGUAGE sql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS -- by key: the planner expects more rows than a batch has
$$
    SELECT push_tie_own_rows(p_org, p_target, p_claim, p_outcomes) WHERE p_settings ->> 'ownRows' = 'products';
    WITH outcome AS MATERIALIZED ( -- with org and target, for joins by all of a key: by the parameters, a planner without statistics compares each record with each (1,000: 3.4 s, so 0.3 s)
        SELECT p_org AS org_id, p_target AS target, o.* FROM jsonb_to_recordset(p_outcomes) AS o(key text, outcome text, "zohoId" text, code text, "errorKey" text, text text, "otherId" text,
                                                          "modifiedAt" text, created boolean, transient boolean, "limit" boolean, handle text, record jsonb, total text)
    ),
    before AS (
        SELECT s.*, s.attempt ->> 'op' AS op, t.outcome, CASE WHEN t.outcome = o.outcome THEN o."zohoId" END AS new_id, t.code, o."errorKey" AS new_key, t.text,
               coalesce(o."otherId", CASE WHEN t.code = 'matched' THEN o."zohoId" END) AS new_other,
               CASE WHEN t.outcome IN ('ok', 'found') THEN coalesce(push_moment(o."modifiedAt"), push_modified_at(o.record)) END AS modified_at, o.created AS was_created, o.transient, o."limit" AS limited, o.handle AS new_handle,
               t.outcome = 'ok' OR t.outcome = 'found' AND (NOT p_settings ? 'update' OR push_drift(s.trying, o.record, p_settings) IS NULL) AS confirmed,
               o.outcome = 'absent' AND coalesce(CAST(p_settings #>> '{findOne,twice}' AS boolean), NOT p_settings ? 'findOne')
               AND NOT coalesce(CAST(s.attempt ->> 'absentAt' AS timestamptz) <= clock_timestamp() - interval '1 minute', false) AS not_yet,
               CASE WHEN abs(m.total - CAST(s.attempt ->> 'total' AS numeric)) > 0.01 THEN format('Zoho''s total is %s, ours is %s', m.total, s.attempt ->> 'total') END AS finding,
               CASE WHEN s.attempt ->> 'op' IN ('create', 'update') OR t.outcome = 'found' THEN true ELSE false END AS sends_body
          FROM push_state s JOIN outcome o ON o.org_id = s.org_id AND o.target = s.target AND o.key = s.record_key
         CROSS JOIN LATERAL (SELECT push_amount(coalesce(o.total, o.record ->> substring(p_settings ->> 'totalPointer' FROM '[^/]+$'))) AS total) m
         CROSS JOIN LATERAL (
               SELECT CASE WHEN o.outcome IN ('ok', 'found') AND o."zohoId" <> coalesce(s.zoho_id, '') -- whose record it is, if another row's
                           THEN coalesce((SELECT min(x.record_key) FROM push_state x
                                           WHERE x.org_id = p_org AND x.target = p_target AND x.zoho_id = o."zohoId" AND x.record_key <> s.record_key AND x.status <> 'gone'),
                                         (SELECT min(x.key) FROM outcome x WHERE x."zohoId" = o."zohoId" AND x.outcome = o.outcome AND x.key < o.key)) END AS row,
                      o.outcome = 'ok' AND s.attempt ->> 'op' = 'update' AND o."zohoId" <> s.zoho_id
                      AND (p_settings ? 'idKey' OR p_settings #>> '{update,request}' LIKE '%{zohoId}%') AS elsewhere,
                      o.outcome = 'unknown' AND o.code = 'no-id' AND s.attempts >= 5 AND CAST(p_settings ->> 'repeatable' AS boolean) AS no_end,
                      o.outcome = 'changed' AND o.record ?& ARRAY(SELECT jsonb_object_keys(push_compared(s.trying, p_settings)))
                      AND push_drift(s.trying, o.record, p_settings) IS NULL AS ours) w
         CROSS JOIN LATERAL (
               SELECT CASE WHEN w.elsewhere THEN 'unknown' WHEN w.row IS NOT NULL OR w.no_end THEN 'failed' WHEN w.ours THEN 'ok' WHEN o.outcome = 'changed' THEN 'failed'
                           ELSE o.outcome END AS outcome,
                      CASE WHEN NOT coalesce(w.elsewhere, false) AND w.row IS NOT NULL THEN 'matched' WHEN w.ours THEN NULL ELSE o.code END AS code,
                      CASE WHEN w.elsewhere THEN format('Zoho answered for record %s where record %s was sent', o."zohoId", s.zoho_id)
                           WHEN w.row IS NOT NULL THEN format('Zoho matched it to record %s, which is that of the row %s', o."zohoId", w.row)
                           WHEN w.ours THEN NULL
                           WHEN o.outcome = 'changed'
                           THEN format('Changed in Zoho%s after it was sent, so no run writes over it (Zoho: %s). To write ours, adopt record %s again: the next run then sends the row. '
                                       || 'Otherwise the record stays as it is in Zoho',
                                       (SELECT ' by ' || concat_ws(', ', coalesce(o.record #>> '{Modified_By,name}', o.record #>> '{Modified_By,id}'), o.record ->> 'Modified_Time')
                                         WHERE o.record #> '{Modified_By}' IS NOT NULL), o.text, s.zoho_id)
                           WHEN w.no_end THEN format('%s, %s times. Find the record in Zoho, and adopt it', o.text, s.attempts) ELSE o.text END AS text) t
         WHERE s.claim = p_claim
         ORDER BY s.record_key FOR UPDATE OF s
    ),
    matched AS MATERIALIZED ( -- bodies that Zoho wrote over the record of another row
        SELECT b.record_key, b.new_other AS zoho_id, b.trying - push_keys(p_settings, 'immutable') AS body FROM before b WHERE b.code = 'matched' AND b.op <> 'find'
    ),
    judged AS (
        SELECT b.*, f.still, b.confirmed AND coalesce(b.attempt ? 'taken', false) AND f.still IS NULL
                      AND (b.sends_body OR (b.op = 'activate' AND b.attempt ->> 'active' = 'true' OR b.op = 'deactivate' AND b.attempt ->> 'active' = 'false') AND b.trying <@ b.sent) AS taken_back,
               (SELECT jsonb_object_agg(e.key, e.value ORDER BY m.record_key) FROM matched m CROSS JOIN LATERAL jsonb_each(m.body) e
                 WHERE m.zoho_id = coalesce(b.new_id, b.zoho_id) AND m.record_key <> b.record_key) AS written_over
          FROM before b
         CROSS JOIN LATERAL (
               SELECT CASE WHEN p_settings ? 'activate' AND b.confirmed AND b.sends_body
                                AND (CAST(b.attempt ->> 'active' AS boolean) <> CASE WHEN b.op = 'create' THEN true ELSE coalesce(b.active, true) END
                                     OR b.op <> 'create' AND b.attempt ->> 'active' IS NOT NULL AND b.attempt ? 'statusInDoubt')
                           THEN CASE WHEN CAST(b.attempt ->> 'active' AS boolean) THEN 'activate' ELSE 'deactivate' END END AS still) f
    ),
    settled AS (
        UPDATE push_state s
           SET status = CASE WHEN j.still IS NOT NULL THEN 'unknown'
                             WHEN j.taken_back THEN 'held' -- the view still has the other body, which the next scheduled run would write again
                             WHEN j.confirmed THEN CASE WHEN CAST(j.attempt ->> 'gone' AS boolean) THEN 'gone' ELSE 'ok' END
                             WHEN j.not_yet THEN 'unknown'
                             WHEN j.outcome IN ('found', 'absent') THEN 'waiting'
                             WHEN j.outcome = 'unsent' AND j.attempt ->> 'before' = 'accepted' THEN 'unknown' -- the result of that batch is no longer asked for
                             WHEN j.outcome = 'unsent' THEN coalesce(j.attempt ->> 'before', 'waiting')
                             ELSE j.outcome END,
               claimed_until = CASE WHEN j.still IS NOT NULL THEN s.claimed_until END,
               zoho_id = CASE WHEN j.confirmed AND j.op = 'delete' THEN NULL ELSE coalesce(j.new_id, s.zoho_id) END,
               external_key = CASE WHEN j.confirmed AND j.sends_body THEN coalesce(j.attempt ->> 'externalKey', s.external_key) ELSE s.external_key END,
               sent = CASE WHEN j.confirmed AND j.sends_body THEN s.trying || coalesce(j.written_over, '{}') WHEN j.confirmed AND j.op = 'delete' THEN NULL ELSE s.sent END,
               sent_at = CASE WHEN j.confirmed AND j.sends_body THEN clock_timestamp() ELSE s.sent_at END,
               sent_mapping = CASE WHEN j.confirmed AND j.sends_body THEN s.attempt ->> 'mapping' ELSE s.sent_mapping END,
               active = CASE WHEN NOT p_settings ? 'activate' OR NOT j.confirmed THEN s.active
                             WHEN j.op IN ('activate', 'deactivate') THEN j.op = 'activate'
                             WHEN j.op = 'create' THEN true ELSE s.active END,
               trying = CASE WHEN j.taken_back THEN j.attempt #> '{taken,body}'
                             WHEN j.outcome = 'absent' AND NOT j.not_yet OR j.outcome = 'found' AND NOT j.confirmed
                                  OR j.outcome = 'unsent' AND (coalesce(j.attempt ->> 'before', 'waiting') = 'waiting' -- what was not sent is no refused body
                                                               OR j.attempt ->> 'before' = 'failed' AND NOT j.attempt ? 'reverts') THEN NULL ELSE s.trying END,
               run_id = CASE WHEN j.outcome = 'unsent' AND j.attempt ->> 'before' = 'held' THEN CAST(j.attempt ->> 'beforeRun' AS bigint) ELSE s.run_id END,
               call_id = coalesce(p_call, s.call_id),
               attempts = CASE WHEN j.confirmed THEN 0 WHEN j.outcome = 'unsent' THEN s.attempts - 1 ELSE s.attempts END,
               next_at = CASE WHEN j.outcome = 'failed' AND j.transient THEN push_next_try(s.attempts) WHEN j.outcome = 'unsent' THEN s.next_at END,
               error_code = CASE WHEN j.taken_back THEN 'reverted' WHEN j.outcome = 'unsent' AND j.attempt ->> 'before' IS NOT NULL THEN s.error_code ELSE coalesce(j.code, CASE WHEN j.finding IS NOT NULL THEN 'total' END) END,
               error_key = CASE WHEN j.outcome = 'unsent' AND j.attempt ->> 'before' IS NOT NULL THEN s.error_key ELSE j.new_key END,
               error_text = CASE WHEN j.taken_back
                                 THEN format('run %s took back what run %s wrote, and the row still has it; it is held until the row changes', s.run_id, j.attempt ->> 'reverts')
                                 WHEN j.outcome = 'unsent' AND j.attempt ->> 'before' IS NOT NULL THEN s.error_text ELSE coalesce(j.text, j.finding) END,
               other_zoho_id = j.new_other,
               rate_limit_hits = s.rate_limit_hits + CASE WHEN j.limited THEN 1 ELSE 0 END,
               last_rate_limit_at = CASE WHEN j.limited THEN clock_timestamp() ELSE s.last_rate_limit_at END,
               zoho_modified_at = coalesce(j.modified_at, CASE WHEN j.confirmed AND j.sends_body THEN clock_timestamp() END, s.zoho_modified_at), handle = coalesce(j.new_handle, s.handle),
               checked_at = CASE WHEN j.op = 'find' THEN clock_timestamp() ELSE s.checked_at END,
               attempt = CASE WHEN j.confirmed AND j.op IN ('activate', 'deactivate') OR j.taken_back
                              THEN CASE WHEN j.taken_back THEN (s.attempt - ARRAY['reverts', 'taken']) || ((j.attempt -> 'taken') - 'body') ELSE s.attempt END
                                   - CASE j.op WHEN 'activate' THEN ARRAY['statusInDoubt', 'retired'] WHEN 'deactivate' THEN ARRAY['statusInDoubt'] ELSE '{}' END
                                   || CASE WHEN j.op = 'deactivate' AND CAST(j.attempt ->> 'gone' AS boolean) THEN jsonb_build_object('retired', true) ELSE '{}' END
                              WHEN j.not_yet AND NOT s.attempt ? 'absentAt' THEN s.attempt || jsonb_build_object('absentAt', clock_timestamp())
                              WHEN j.outcome = 'unknown' AND s.status = 'accepted' THEN s.attempt || jsonb_build_object('since', clock_timestamp()) ELSE s.attempt END,
               updated_at = clock_timestamp()
          FROM judged j
         WHERE s.org_id = j.org_id AND s.target = j.target AND s.record_key = j.record_key
        RETURNING s.record_key
    ),
    overwritten AS ( -- the record has that body now, so the other row is due; a row of this batch: see written_over
        UPDATE push_state s SET sent = s.sent || m.body, updated_at = clock_timestamp()
          FROM matched m
         WHERE s.org_id = p_org AND s.target = p_target AND s.zoho_id = m.zoho_id AND s.record_key <> m.record_key
           AND s.sent IS NOT NULL AND s.record_key NOT IN (SELECT b.record_key FROM before b)
    ),
    inherited AS ( -- a row that is gone leaves its record to the row that has it now, and does not write it if it comes back
        UPDATE push_state s SET zoho_id = NULL, sent = NULL, updated_at = clock_timestamp()
          FROM judged j
         WHERE j.confirmed AND s.org_id = j.org_id AND s.target = j.target AND s.zoho_id = j.new_id AND s.status = 'gone' AND s.record_key <> j.record_key
           AND s.record_key NOT IN (SELECT b.record_key FROM before b)
    ),
    logged AS (
        UPDATE push_log l SET outcome = j.outcome, call_id = coalesce(p_call, l.call_id), error_code = j.code, error_text = j.text
          FROM judged j
         WHERE l.org_id = j.org_id AND l.target = j.target AND l.record_key = j.record_key AND l.claim = p_claim AND (l.outcome IS NULL OR l.outcome = 'accepted')
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
               pages = r.pages + 1, heartbeat_at = clock_timestamp(), waiting_since = CASE WHEN n.worked > 0 THEN NULL ELSE r.waiting_since END
          FROM (SELECT j.run_id,
                       count(*) FILTER (WHERE j.confirmed AND j.op IN ('create', 'find') AND coalesce(j.was_created, true) AND j.sent IS NULL) AS created,
                       count(*) FILTER (WHERE j.confirmed AND (j.op = 'update' OR j.op IN ('create', 'find') AND NOT (coalesce(j.was_created, true) AND j.sent IS NULL)
                                                               OR j.op IN ('activate', 'deactivate') AND j.trying = j.sent AND NOT coalesce(CAST(j.attempt ->> 'follows' AS boolean), false))) AS updated,
                       count(*) FILTER (WHERE j.confirmed AND j.op = 'delete') AS deleted,
                       count(*) FILTER (WHERE j.limited) AS limited, count(*) FILTER (WHERE j.outcome NOT IN ('unsent', 'unknown')) AS worked
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
