-- Search for records: by id, or by a part of a name or number.

-- The records of an organisation whose id is p_text, or that have it in a column by which their kind is searched: at most p_limit of each kind. Exact matches
-- come first, then living records before deleted ones, by label and id. p_kinds is Kinds.search; a column in exactBy must equal p_text as a whole. p_after has for
-- each kind the id of the record after which to go on; a kind that it does not name has no more records; null: from the beginning. A kind whose table does not
-- exist yet has no records. columns: the values of searchBy that are not empty, without the first one, which is the label. No index is used: a search in 100,000 rows takes 0.1 s.
CREATE OR REPLACE FUNCTION search_records(p_kinds jsonb, p_org text, p_text text, p_limit integer, p_after jsonb)
    RETURNS TABLE (entity text, zoho_id text, label text, columns jsonb, found_in text, deleted_at timestamptz)
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_kind   record;
    v_whole  text := regexp_replace(p_text, '([\\%_])', '\\\1', 'g');
    v_label  text;
    v_where  text;
    v_others text;
    v_column text;
    v_place  text;
BEGIN
    FOR v_kind IN SELECT * FROM jsonb_to_recordset(p_kinds) AS k(entity text, "table" text, "idColumn" text, "inSource" boolean, "searchBy" text[], "exactBy" text[])
    LOOP
        CONTINUE WHEN to_regclass(quote_ident(v_kind."table")) IS NULL OR NOT coalesce(p_after ? v_kind.entity, true);
        v_column := CASE WHEN v_kind."inSource" THEN 't.source ->> %L' ELSE 't.%I' END;
        v_label := CASE WHEN v_kind."searchBy" = '{}' THEN 'NULL::text' ELSE format(v_column, v_kind."searchBy"[1]) END; -- without it only the id is searched
        SELECT string_agg(format(' WHEN ' || v_column || ' ILIKE ' || CASE WHEN c = ANY (v_kind."exactBy") THEN '$5' ELSE '$3' END || ' THEN %L', c, c), '') INTO v_where FROM unnest(v_kind."searchBy") AS c;
        SELECT coalesce(string_agg(format('%L, NULLIF(CAST(' || v_column || ' AS text), %L)', c, c, ''), ', ' ORDER BY n), '') INTO v_others
          FROM unnest(v_kind."searchBy") WITH ORDINALITY AS s(c, n) WHERE n > 1;
        v_place := format('t.%1$I <> $2, coalesce(lower(%2$s) <> lower($2), true), t.deleted_at IS NOT NULL, coalesce(%2$s, ''''), t.%1$I', v_kind."idColumn", v_label);
        RETURN QUERY EXECUTE format('SELECT %1$L::text, t.%2$I, %3$s, jsonb_strip_nulls(jsonb_build_object(%7$s)), f.found, t.deleted_at
                                       FROM %4$I t
                                      CROSS JOIN LATERAL (SELECT CASE WHEN t.%2$I = $2 THEN ''id''%5$s END AS found) f
                                      WHERE t.org_id = $1 AND f.found IS NOT NULL AND t.%2$I IS NOT NULL
                                        AND ($6 IS NULL OR (%6$s) > (SELECT %6$s FROM %4$I t WHERE t.org_id = $1 AND t.%2$I = $6))
                                      ORDER BY %6$s
                                      LIMIT $4', v_kind.entity, v_kind."idColumn", v_label, v_kind."table", coalesce(v_where, ''), v_place, v_others)
           USING p_org, p_text, '%' || v_whole || '%', p_limit, v_whole, p_after ->> v_kind.entity;
    END LOOP;
END
$$;

-- The changes of a record, the newest first, each with the run, call, webhook or replay that wrote it. p_before: those that are older than the change with this id; null: all.
CREATE OR REPLACE FUNCTION changes_of_record(p_org text, p_entity text, p_id text, p_before bigint, p_limit integer) RETURNS TABLE (id bigint, change jsonb)
    LANGUAGE sql STABLE AS
$$
    SELECT c.id, jsonb_build_object('id', c.id, 'at', c.changed_at, 'column', c.column_name, 'before', c.before, 'after', c.after,
               'by', CASE WHEN w.letter IS NOT NULL THEN 'replay' ELSE c.source END, 'runId', c.run_id, 'callId', c.call_id,
               'webhookId', CASE WHEN w.letter IS NULL THEN w.id END, 'letterId', w.letter,
               'who', (SELECT a.who FROM audit_log a
                        WHERE w.letter IS NOT NULL AND a.at >= w.received_at AND a.at < w.received_at + interval '1 minute'
                          AND a.action = 'dead-letter.replay' AND a.details -> 'answer' ->> 'replayId' = CAST(w.replay_id AS text)
                        ORDER BY a.id LIMIT 1))
      FROM (SELECT * FROM record_changes r WHERE r.org_id = p_org AND r.entity = p_entity AND r.zoho_id = p_id AND r.id < coalesce(p_before, 9223372036854775807)
             ORDER BY r.id DESC LIMIT p_limit) c
      -- an event is settled in the transaction that applies it. A replay of a dead letter is an event without a webhook
      LEFT JOIN LATERAL (SELECT e.*, CAST(substring(e.digest FROM '^letter-([0-9]+)$') AS bigint) AS letter FROM webhook_events e
                          WHERE c.source = 'webhook' AND e.org_id = p_org AND e.entity = p_entity AND e.zoho_id = p_id AND e.status = 'done'
                            AND e.received_at <= c.changed_at AND e.processed_at >= c.changed_at
                          ORDER BY e.processed_at LIMIT 1) w ON true
     ORDER BY c.id DESC
$$;

-- One record: its columns, Zoho's answer (source), its newest changes, and the push targets that have sent it. Null: there is no such row.
CREATE OR REPLACE FUNCTION record_json(p_table text, p_key text, p_entity text, p_org text, p_id text) RETURNS jsonb
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_row jsonb;
BEGIN
    IF to_regclass(quote_ident(p_table)) IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE t.org_id = $1 AND t.%I = $2', p_table, p_key) INTO v_row USING p_org, p_id;
    RETURN CASE WHEN v_row IS NOT NULL THEN jsonb_build_object(
        'org', p_org, 'entity', p_entity, 'zohoId', p_id, 'deletedAt', v_row -> 'deleted_at',
        'columns', v_row - ARRAY['source', 'shapes', 'org_id', 'id'], 'source', v_row -> 'source',
        'changes', (SELECT coalesce(jsonb_agg(h.change ORDER BY h.id DESC), '[]') FROM changes_of_record(p_org, p_entity, p_id, NULL, 200) h),
        'deadLetters', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'source', d.source, 'error', d.error, 'failedAt', d.failed_at) ORDER BY d.id DESC), '[]')
                          FROM (SELECT * FROM dead_letters WHERE org_id = p_org AND entity = p_entity AND zoho_id = p_id AND closed_at IS NULL
                                 ORDER BY id DESC LIMIT 20) d),
        'webhooks', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'eventId', w.event_id, 'event', w.event, 'status', w.status, 'receivedAt', w.received_at,
                                'processedAt', w.processed_at, 'error', w.error) ORDER BY w.received_at DESC), '[]')
                       FROM (SELECT * FROM webhook_events WHERE org_id = p_org AND entity = p_entity AND zoho_id = p_id AND digest !~ '^letter-' ORDER BY received_at DESC LIMIT 20) w),
        'pushed', (SELECT coalesce(jsonb_agg(jsonb_build_object('target', s.target, 'recordKey', s.record_key, 'zohoId', s.zoho_id, 'status', s.status,
                              'meaning', s.meaning, 'sentAt', s.sent_at) ORDER BY s.target), '[]')
                     FROM push_targets t JOIN push_status s ON s.org_id = t.org_id AND s.target = t.target AND (s.zoho_id = p_id OR v_row ? 'made_here' AND s.record_key = v_row ->> 'id') -- for rows that were made here, the record_key is the id of the row
                    WHERE t.org_id = p_org)) END;
END
$$;

-- Removes the deletion mark of one row, because a person asked for that. Returns whether the row had one.
CREATE OR REPLACE FUNCTION restore_record(p_table text, p_key text, p_entity text, p_org text, p_id text) RETURNS boolean
    LANGUAGE plpgsql AS
$$
DECLARE
    v_count bigint;
BEGIN
    PERFORM lock_work('sink ' || p_entity || ' ' || p_org); -- the lock of the kind's sink
    PERFORM set_config('saddlebag.source', 'api', true);
    EXECUTE format('WITH ours AS (
                        UPDATE %2$I t SET deleted_at = NULL, updated_at = clock_timestamp()
                         WHERE t.org_id = $1 AND t.%1$I = $2 AND t.deleted_at IS NOT NULL
                        RETURNING t.%1$I AS zoho_id
                    ), noted AS (
                        UPDATE sync_deletes d SET state = ''restored'', decided_at = clock_timestamp()
                          FROM ours o JOIN sync_runs r ON r.org = $1 AND r.entity = $3
                         WHERE d.run_id = r.id AND d.zoho_id = o.zoho_id AND d.state = ''gone''
                    ) SELECT count(*) FROM ours', p_key, p_table) INTO v_count USING p_org, p_id, p_entity;
    RETURN v_count > 0;
END
$$;

-- By what people know records of one kind: label is the first column of searchBy, columns are the others that are not empty. A record without a row has none. p_kinds
-- is Kinds.search.
CREATE OR REPLACE FUNCTION record_labels(p_kinds jsonb, p_org text, p_entity text, p_ids text[]) RETURNS TABLE (zoho_id text, label text, columns jsonb)
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_kind   record;
    v_column text;
    v_others text;
BEGIN
    SELECT * INTO v_kind FROM jsonb_to_recordset(p_kinds) AS k(entity text, "table" text, "idColumn" text, "inSource" boolean, "searchBy" text[])
     WHERE k.entity = p_entity AND k."searchBy" <> '{}';
    IF FOUND AND to_regclass(quote_ident(v_kind."table")) IS NOT NULL THEN
        v_column := CASE WHEN v_kind."inSource" THEN 't.source ->> %L' ELSE 't.%I' END;
        SELECT coalesce(string_agg(format('%L, NULLIF(CAST(' || v_column || ' AS text), %L)', c, c, ''), ', ' ORDER BY n), '') INTO v_others
          FROM unnest(v_kind."searchBy") WITH ORDINALITY AS s(c, n) WHERE n > 1;
        RETURN QUERY EXECUTE format('SELECT t.%1$I, CAST(%2$s AS text), jsonb_strip_nulls(jsonb_build_object(%4$s)) FROM %3$I t WHERE t.org_id = $1 AND t.%1$I = ANY ($2)',
                                    v_kind."idColumn", format(v_column, v_kind."searchBy"[1]), v_kind."table", v_others) USING p_org, p_ids;
    END IF;
END
$$;
