-- Push: reads the rows of a target from the view that its SQL file names. p_settings is the declaration of the target as JSON, see target.schema.json;
-- p_request is sync_runs.request.

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
