-- Push: the calls by which plans and verifications read records from Zoho. p_settings is the declaration of the target as JSON, see target.schema.json;
-- p_request is sync_runs.request.

-- Stores the rows whose records a run has to read. This happens once: a run that waited for its quota goes on with the same rows. Records in a table that
-- pulls fill are read here. Returns the way of reading: findAll, findOne or readMany; table: they have been read; nothing: the target declares no look-up;
-- null: another process has taken the run over.
CREATE OR REPLACE FUNCTION push_read_begin(p_run bigint, p_epoch integer, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_sql text) RETURNS text
    LANGUAGE plpgsql AS
$$
DECLARE
    v_run     sync_runs%ROWTYPE;
    v_request jsonb := push_selection(p_org, p_target, p_settings, p_request - 'limit');
    v_rows    push_row[];
    v_table   jsonb := CASE WHEN p_settings -> 'findAll' ? 'table' THEN p_settings -> 'findAll' END;
    v_way     text;
BEGIN
    SELECT * INTO v_run FROM sync_runs r WHERE r.id = p_run AND r.epoch = p_epoch AND r.status = 'running' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF EXISTS (SELECT FROM push_reads p WHERE p.run_id = p_run) THEN
        RETURN v_run.cursor ->> 'way';
    END IF;
    DELETE FROM push_reads p USING sync_runs r WHERE r.id = p.run_id AND r.org = p_org AND r.entity = p_target;
    IF v_run.mode = 'verify' THEN
        INSERT INTO push_reads (run_id, record_key, external_key, zoho_id, body)
        SELECT p_run, s.record_key, s.external_key, s.zoho_id, s.sent
          FROM push_state s
         WHERE s.org_id = p_org AND s.target = p_target AND s.sent IS NOT NULL AND s.status <> 'gone'
           AND (NOT v_request ? 'keys' OR s.record_key = ANY (ARRAY(SELECT jsonb_array_elements_text(v_request -> 'keys'))));
    ELSE
        v_rows := ARRAY(SELECT r FROM push_rows(p_org, p_target, p_settings ->> 'view', v_request, p_sql) r);
        INSERT INTO push_reads (run_id, record_key, external_key, zoho_id, body, judged, asked)
        SELECT p_run, j.record_key, j.external_key, j.zoho_id, j.body, to_jsonb(j) - 'body', j.gone OR j.external_key IS NULL
          FROM push_judged(p_org, p_target, p_settings, v_request, v_rows,
                           ARRAY(SELECT h FROM push_heirs(p_org, p_target, p_settings, v_request, v_rows, p_sql) h)) j
         WHERE NOT j.gone OR j.rank IS NOT NULL;
    END IF;
    v_way := CASE WHEN v_run.mode = 'verify' AND p_settings ? 'readMany' THEN 'readMany'
                  WHEN v_table IS NULL AND p_settings ? 'findAll' THEN 'findAll'
                  WHEN v_table IS NOT NULL AND (NOT p_settings ? 'findOne'
                       OR EXISTS (SELECT FROM sync_watermarks w WHERE w.org = p_org AND w.entity = v_table ->> 'kind')) THEN 'table'
                  WHEN p_settings ? 'findOne' THEN 'findOne'
                  ELSE 'nothing' END;
    IF v_way = 'table' THEN
        EXECUTE format('UPDATE push_reads p SET asked = true, records = f.records
                          FROM (SELECT %1$I AS key, jsonb_object_agg(%2$I, coalesce(source, ''{}'')) AS records FROM %3$I
                                 WHERE org_id = $1 AND %2$I IS NOT NULL AND %1$I IS NOT NULL AND deleted_at IS NULL GROUP BY %1$I) f
                         WHERE p.run_id = $2 AND p.external_key = f.key', v_table ->> 'tableKey', v_table ->> 'tableId', v_table ->> 'table')
          USING p_org, p_run;
    END IF;
    UPDATE sync_runs SET cursor = jsonb_build_object('way', v_way, 'page', 1) WHERE id = p_run;
    RETURN v_way;
END
$$;

-- The next call that reads records. request null: nothing is left to read. keys are the keys of the rows that the call is about; []: the call reads a page of
-- all records. "{fields}" in a query stands for the keys of the bodies. No row: another process has taken the run over.
CREATE OR REPLACE FUNCTION push_read_next(p_run bigint, p_epoch integer, p_settings jsonb)
    RETURNS TABLE (request text, query text, content text, keys jsonb, external_key text, external_keys text, zoho_id text, zoho_ids text, fields text)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_cursor jsonb;
    v_how    jsonb;
    v_batch  integer;
BEGIN
    SELECT r.cursor INTO v_cursor FROM sync_runs r WHERE r.id = p_run AND r.epoch = p_epoch AND r.status = 'running';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    v_how := p_settings -> (v_cursor ->> 'way');
    v_batch := CASE WHEN v_how ? 'coql' THEN 50
                    WHEN concat(v_how ->> 'request', v_how ->> 'query') LIKE '%Keys}%' OR v_how ->> 'query' LIKE '%{zohoIds}%' THEN coalesce(CAST(v_how ->> 'batch' AS integer), 100)
                    WHEN concat(v_how ->> 'request', v_how ->> 'query') LIKE '%{%' THEN 1 END;
    IF v_how IS NOT NULL AND v_batch IS NULL THEN
        keys := CASE WHEN v_cursor ? 'page' AND EXISTS (SELECT FROM push_reads p WHERE p.run_id = p_run AND NOT p.asked) THEN '[]' END;
        query := concat_ws('&', v_how ->> 'query', CASE WHEN CAST(v_how ->> 'pages' AS boolean) THEN format('page=%s&per_page=200', v_cursor ->> 'page') END);
    ELSE
        SELECT jsonb_agg(p.record_key ORDER BY p.record_key), min(p.external_key), string_agg(p.external_key, ',' ORDER BY p.record_key), min(p.zoho_id),
               string_agg(p.zoho_id, ',' ORDER BY p.record_key),
               '(' || string_agg('''' || replace(replace(p.external_key, '\', '\\'), '''', '\''') || '''', ',' ORDER BY p.record_key) || ')'
          INTO keys, external_key, external_keys, zoho_id, zoho_ids, content
          FROM (SELECT * FROM push_reads a WHERE a.run_id = p_run AND NOT a.asked AND v_how IS NOT NULL ORDER BY a.record_key LIMIT v_batch) p;
        query := v_how ->> 'query';
    END IF;
    SELECT string_agg(DISTINCT k, ',') INTO fields FROM push_reads p CROSS JOIN LATERAL jsonb_object_keys(p.body) k
     WHERE p.run_id = p_run AND p.judged ->> 'refusal' IS NULL AND jsonb_typeof(p.body) = 'object' AND (v_how ? 'coql' OR query LIKE '%{fields}%');
    IF keys IS NOT NULL THEN
        request := CASE WHEN v_how ? 'coql' THEN 'POST /crm/v8/coql' ELSE v_how ->> 'request' END;
    END IF;
    content := CASE WHEN v_how ? 'coql' AND keys IS NOT NULL
                    THEN jsonb_build_object('select_query', format('select %s from %s where %s in %s limit 2000', (SELECT string_agg(DISTINCT f, ', ') FROM unnest(string_to_array(concat_ws(',', 'id', v_how ->> 'key', fields, 'Modified_Time', 'Modified_By'), ',')) f),
                                                                   v_how ->> 'coql', v_how ->> 'key', content)) END;
    RETURN NEXT;
END
$$;

-- Stores Zoho's answer for the rows of p_keys ([]: a page of all records). p_answer null: Zoho has no such record.
CREATE OR REPLACE FUNCTION push_read_store(p_run bigint, p_epoch integer, p_settings jsonb, p_keys jsonb, p_answer jsonb) RETURNS void
    LANGUAGE plpgsql AS
$$
DECLARE
    v_cursor jsonb;
    v_how    jsonb;
    v_keys   text[] := ARRAY(SELECT jsonb_array_elements_text(p_keys));
    v_list   jsonb;
    v_more   boolean;
BEGIN
    UPDATE sync_runs r SET pages = r.pages + 1, heartbeat_at = clock_timestamp(), waiting_since = NULL
     WHERE r.id = p_run AND r.epoch = p_epoch AND r.status = 'running' RETURNING r.cursor INTO v_cursor;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    v_how := p_settings -> (v_cursor ->> 'way');
    v_list := CASE WHEN v_how ? 'record' THEN jsonb_build_array(p_answer -> (v_how ->> 'record')) ELSE p_answer -> coalesce(v_how ->> 'list', 'data') END;
    v_list := CASE jsonb_typeof(v_list) WHEN 'array' THEN v_list ELSE '[]' END;
    UPDATE push_reads p SET records = p.records || f.records
      FROM (SELECT k.record_key, jsonb_object_agg(coalesce(e.record ->> (v_how ->> 'id'), e.record ->> (v_how ->> 'key'), ''), e.record) AS records
              FROM jsonb_array_elements(v_list) e(record)
              JOIN push_reads k ON k.run_id = p_run AND (p_keys = '[]' OR k.record_key = ANY (v_keys))
               AND CASE WHEN v_how ? 'record' THEN true
                        WHEN v_cursor ->> 'way' = 'readMany' THEN k.zoho_id = e.record ->> (v_how ->> 'id')
                        WHEN v_how ? 'coql' THEN lower(k.external_key) = lower(e.record ->> (v_how ->> 'key'))
                        ELSE k.external_key = e.record ->> (v_how ->> 'key') END
             WHERE jsonb_typeof(e.record) = 'object' GROUP BY k.record_key) f
     WHERE p.run_id = p_run AND p.record_key = f.record_key;
    v_more := p_keys = '[]' AND CAST(v_how ->> 'pages' AS boolean) AND jsonb_array_length(v_list) > 0
              AND coalesce(CAST(p_answer #>> '{page_context,has_more_page}' AS boolean), CAST(p_answer #>> '{info,more_records}' AS boolean), false);
    IF v_more THEN
        UPDATE sync_runs SET cursor = cursor || jsonb_build_object('page', CAST(cursor ->> 'page' AS integer) + 1) WHERE id = p_run;
    ELSE
        UPDATE push_reads SET asked = true WHERE run_id = p_run AND (p_keys = '[]' OR record_key = ANY (v_keys));
    END IF;
END
$$;

-- The rows of a run, each with its record in Zoho: the record that the row is tied to, or the only one with exactly its key. others are the ids of other
-- records with that key.
CREATE OR REPLACE FUNCTION push_read(p_run bigint, p_settings jsonb)
    RETURNS TABLE (record_key text, external_key text, tied_to text, body jsonb, judged jsonb, found_id text, record jsonb, others text[])
    LANGUAGE sql STABLE AS
$$
    SELECT p.record_key, p.external_key, p.zoho_id, p.body, p.judged, NULLIF(m.id, ''), p.records -> m.id,
           ARRAY(SELECT k FROM jsonb_object_keys(p.records) k WHERE k IS DISTINCT FROM m.id ORDER BY k)
      FROM push_reads p
     CROSS JOIN LATERAL (SELECT CASE WHEN p.records ? p.zoho_id THEN p.zoho_id WHEN count(*) = 1 THEN min(e.key) END AS id
                           FROM jsonb_each(p.records) e
                          WHERE NOT coalesce(p_settings #> '{findAll,coql}' IS NOT NULL
                                             AND e.value ->> (p_settings #>> '{findAll,key}') <> p.external_key, false)) m
     WHERE p.run_id = p_run
$$;
