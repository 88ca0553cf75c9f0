-- Zoho leaves emptied fields out of its answers, and its answers differ in shape. So a row keeps, beside source, what the answers of
-- each shape said: an answer takes away what the last answer of its own shape said and it does not say any more, and leaves alone
-- what only another shape brings.
--
-- The shapes: list (an element of a list), record (one record asked for by its id), details (one of several asked for by their ids),
-- webhook (a webhook's payload) and none (a mapping applied again, a payload made after a template of the user's own).
--
-- The column shapes has a key for each shape that has answered, and under it the keys of source that its last answer lacked. All
-- other keys of source were said by it. So {"list": [], "record": ["cf_color"]}: the list said everything, the single record all but
-- cf_color. A shape that is missing has said nothing yet.
DO
$$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['products', 'customers', 'invoices', 'bills', 'stock_adjustments', 'customer_payments', 'price_lists', 'records']
    LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN shapes jsonb NOT NULL DEFAULT ''{}''', v_table);
    END LOOP;
END
$$;

-- A row's source and shapes after an answer.
--   p_row, p_shapes   of the row; null: there is none
--   gone              the keys that the answer takes away
--   differs           whether source is another than the row's
-- A first answer of a shape takes nothing away, but an answer by id also takes away what a webhook had said. A webhook takes nothing
-- away (webhook_lacks finds out what it lacks), and none neither takes away nor says anything.
-- In PL/pgSQL, and the usual cases first: the same record costs 4 µs, other values of the same keys
-- 40, the whole rule 60 to 100.
CREATE FUNCTION merged(p_row jsonb, p_shapes jsonb, p_answer jsonb, p_shape text,
                       OUT source jsonb, OUT shapes jsonb, OUT gone text[], OUT differs boolean)
    LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
    v_row     jsonb;
    v_lacked  jsonb := p_shapes -> p_shape;
    v_webhook jsonb;
    v_left    text[];   -- keys that the answer has not
    v_new     text[];   -- keys that only the answer has
BEGIN
    IF p_row IS NULL THEN
        source := p_answer;
        shapes := CASE WHEN p_shape = 'none' THEN '{}' ELSE jsonb_build_object(p_shape, '[]'::jsonb) END;
        gone := '{}';
        differs := true;
        RETURN;
    END IF;
    v_row := p_row || '{}'; -- unpacked once, and not for each operator below
    source := v_row;
    shapes := p_shapes;
    gone := '{}';
    differs := false;
    IF v_row = p_answer AND (v_lacked = '[]' OR p_shape = 'none') THEN
        RETURN;
    END IF;
    IF v_lacked = '[]' AND v_row || p_answer = p_answer AND p_answer || v_row = v_row THEN -- the same keys
        source := p_answer;
        differs := true;
        RETURN;
    END IF;
    IF p_shape IN ('record', 'details') THEN
        v_webhook := p_shapes -> 'webhook';
    END IF;
    IF v_webhook IS NULL AND v_lacked <> '[]' AND v_row - ARRAY(SELECT jsonb_array_elements_text(v_lacked)) = p_answer THEN
        RETURN;
    END IF;

    v_left := ARRAY(SELECT k FROM jsonb_object_keys(v_row) k WHERE NOT p_answer ? k);
    v_new := ARRAY(SELECT k FROM jsonb_object_keys(p_answer) k WHERE NOT v_row ? k);
    IF v_left <> '{}' AND p_shape <> 'webhook' THEN
        gone := ARRAY(SELECT k FROM unnest(v_left) k WHERE NOT v_lacked ? k OR NOT v_webhook ? k);
    END IF;
    source := (v_row - gone) || p_answer;
    differs := source <> v_row;
    -- always in the order of jsonb_object_keys, so that equal ones are equal
    IF gone <> '{}' OR v_new <> '{}' THEN
        SELECT coalesce(jsonb_object_agg(o.shape, (SELECT coalesce(jsonb_agg(k), '[]') FROM jsonb_object_keys(source) k
                                                    WHERE o.lacked ? k OR k = ANY (v_new))), '{}')
          INTO shapes FROM jsonb_each(p_shapes) AS o(shape, lacked);
    END IF;
    IF p_shape <> 'none' THEN
        shapes := shapes || jsonb_build_object(p_shape, ARRAY(SELECT k FROM unnest(v_left) k WHERE k <> ALL (gone)));
    END IF;
END
$$;

-- Whether a webhook's payload lacks a key of the row that the last webhook or an answer by id had: then only Zoho can tell what became
-- of it.
CREATE FUNCTION webhook_lacks(p_source jsonb, p_shapes jsonb, p_payload jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT EXISTS (SELECT FROM jsonb_object_keys(p_source) k
                    WHERE NOT p_payload ? k
                      AND (NOT p_shapes -> 'webhook' ? k OR NOT p_shapes -> 'record' ? k OR NOT p_shapes -> 'details' ? k))
$$;

-- The first list that stands under one of the keys, in the answer or else in source; an empty one where none does.
CREATE FUNCTION first_list(p_answer jsonb, p_source jsonb, p_keys text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT coalesce((SELECT s.source -> k
                       FROM (VALUES (1, p_answer), (2, p_source)) AS s(place, source) CROSS JOIN unnest(p_keys) k
                      WHERE jsonb_typeof(s.source -> k) = 'array' ORDER BY s.place LIMIT 1), '[]')
$$;

-- The parts of a record, such as its lines, as sent_lines takes them: where an answer said or took away one of the keys under which
-- they stand. Null: it did neither, and the stored parts stay.
CREATE FUNCTION parts_of(p_answer jsonb, p_gone text[], p_source jsonb, VARIADIC p_keys text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN p_answer ?| p_keys OR p_gone && p_keys THEN first_list(p_answer, p_source, p_keys) END $$;

-- As before, but for shapes, and for a payload that lacks what was said before. Payloads of the shape none are not asked that.
DROP FUNCTION judge_webhooks(text, text, text, text, text, jsonb);
CREATE FUNCTION judge_webhooks(p_org text, p_entity text, p_table text, p_key text, p_id_key text, p_records jsonb, p_shape text)
    RETURNS TABLE (zoho_id text, verdict text)
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off AS -- a plan made while the tables were small would read all of them for each batch
$$
BEGIN
    RETURN QUERY EXECUTE format($judge$
        SELECT s.zoho_id,
               CASE WHEN t.org_id IS NULL THEN CASE WHEN EXISTS (SELECT FROM webhook_events e
                                                                  WHERE e.org_id = $1 AND e.entity = $4 AND e.zoho_id = s.zoho_id
                                                                    AND e.status = 'ignored') THEN 'fetch' ELSE 'store' END
                    WHEN t.deleted_at IS NOT NULL OR t.zoho_modified_at IS NULL THEN 'fetch'
                    WHEN t.zoho_modified_at > s.modified THEN 'older'
                    WHEN $5 = 'webhook' AND webhook_lacks(t.source, t.shapes, s.record) THEN 'fetch'
                    WHEN t.zoho_modified_at < s.modified THEN 'store'
                    WHEN t.source || s.record = t.source THEN 'same'
                    ELSE 'fetch' END
          FROM (SELECT r.record ->> $2 AS zoho_id, zoho_version(r.record ->> 'last_modified_time') AS modified, r.record
                  FROM jsonb_array_elements($3) AS r(record)) s
          LEFT JOIN %I t ON t.org_id = $1 AND t.%I = s.zoho_id
        $judge$, p_table, p_key) USING p_org, p_id_key, p_records, p_entity, p_shape;
END
$$;

DROP FUNCTION merged_source(jsonb, jsonb);

-- As before, but for shapes, which are no data of Zoho's.
CREATE OR REPLACE FUNCTION note_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_hashjoin = on AS
$$
DECLARE
    c_untracked CONSTANT text[] := ARRAY['id', 'org_id', TG_ARGV[1], 'source', 'shapes', 'detailed', 'requested_at', 'created_at', 'updated_at'];
    c_into      CONSTANT text := 'INSERT INTO record_changes (org_id, entity, zoho_id, source, run_id, call_id, column_name, before, after)
                                  SELECT n.org_id, coalesce(NULLIF($1, ''''), to_jsonb(n) ->> ''entity''), n.%1$I, $2, $3, $4, v.name, v.pair[1], v.pair[2]
                                    FROM old_rows o JOIN new_rows n ON o.org_id = n.org_id AND o.%1$I = n.%1$I
                                   CROSS JOIN LATERAL ';
    v_by        text := coalesce(NULLIF(current_setting('saddlebag.source', true), ''), 'sql');
    v_run       bigint := CAST(NULLIF(current_setting('saddlebag.run_id', true), '') AS bigint);
    v_call      bigint := CAST(NULLIF(current_setting('saddlebag.call_id', true), '') AS bigint);
    v_pairs     text;
    v_same      text;
    v_source    boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows) THEN
        RETURN NULL;
    END IF;
    -- json, xml and shapes cannot be compared but as text
    SELECT string_agg(format('(%1$L, CASE WHEN o.%1$I%2$s IS DISTINCT FROM n.%1$I%2$s THEN ARRAY[to_jsonb(o.%1$I), to_jsonb(n.%1$I)] END)',
                             a.attname, c.as_text), ', ') FILTER (WHERE a.attname <> ALL (c_untracked)),
           string_agg(format('o.%1$I%2$s IS NOT DISTINCT FROM n.%1$I%2$s', a.attname, c.as_text), ' AND ')
               FILTER (WHERE a.attname <> ALL (c_untracked || text 'zoho_modified_at')),
           coalesce(bool_or(a.attname = 'source'), false)
      INTO v_pairs, v_same, v_source
      FROM pg_attribute a
      JOIN pg_type t ON t.oid = a.atttypid
     CROSS JOIN LATERAL (SELECT CASE WHEN t.typname IN ('json', 'xml') OR t.typcategory = 'G' THEN '::text' ELSE '' END AS as_text) c
     WHERE a.attrelid = TG_RELID AND a.attnum > 0 AND NOT a.attisdropped;
    EXECUTE format(c_into || '(VALUES %2$s) AS v(name, pair) WHERE v.pair IS NOT NULL', TG_ARGV[1], v_pairs)
      USING TG_ARGV[0], v_by, v_run, v_call;
    IF v_source AND current_setting('saddlebag.with_source', true) = 'on' THEN
        EXECUTE format(c_into || '(SELECT ''source.'' || k.key AS name, ARRAY[o.source -> k.key, n.source -> k.key] AS pair
                                     FROM jsonb_object_keys(coalesce(o.source, ''{}'') || coalesce(n.source, ''{}'')) AS k(key)
                                    WHERE o.source -> k.key IS DISTINCT FROM n.source -> k.key) v WHERE %2$s', TG_ARGV[1], v_same)
          USING TG_ARGV[0], v_by, v_run, v_call;
    END IF;
    RETURN NULL;
END
$$;

-- As before, but for shapes.
CREATE OR REPLACE FUNCTION page_report(p_run bigint, p_call bigint, p_table regclass, p_key text, p_created text[], p_updated text[], p_most integer)
    RETURNS TABLE (records text, unannounced bigint)
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_run       sync_runs%ROWTYPE;
    v_watermark timestamptz;
    v_room      bigint;
BEGIN
    SELECT * INTO v_run FROM sync_runs r WHERE r.id = p_run;
    SELECT w.watermark INTO v_watermark FROM sync_watermarks w WHERE w.org = v_run.org AND w.entity = v_run.entity;
    SELECT greatest(0, p_most - count(*)) INTO v_room FROM sync_reports s WHERE s.run_id IN (SELECT run_parts(p_run));
    EXECUTE format('SELECT count(*) FROM %s WHERE org_id = $1 AND %I = ANY ($2) AND zoho_modified_at < $3', p_table, p_key)
       INTO unannounced USING v_run.org, p_created || p_updated, v_watermark;
    EXECUTE format($report$
        SELECT coalesce(jsonb_agg(jsonb_build_object('zoho_id', w.zoho_id, 'what', w.what, 'changes', w.changes)), '[]')
          FROM ((SELECT c.zoho_id, 'created' AS what,
                        (SELECT jsonb_object_agg(v.key, jsonb_build_object('before', NULL, 'after', v.value))
                           FROM %1$s t CROSS JOIN LATERAL jsonb_each(to_jsonb(t)
                                - ARRAY['id', 'org_id', %2$L, 'source', 'shapes', 'requested_at', 'created_at', 'updated_at']) v
                          WHERE t.org_id = $1 AND t.%2$I = c.zoho_id AND v.value <> 'null') AS changes
                   FROM unnest($2) AS c(zoho_id) LIMIT $5)
                UNION ALL
                (SELECT u.zoho_id, 'updated',
                        (SELECT coalesce(jsonb_object_agg(h.column_name, jsonb_build_object('before', h.before, 'after', h.after)), '{}')
                           FROM record_changes h
                          WHERE h.org_id = $1 AND h.entity = $7 AND h.run_id = $4 AND h.call_id IS NOT DISTINCT FROM $6 AND h.zoho_id = u.zoho_id)
                   FROM unnest($3) AS u(zoho_id) LIMIT $5)
                LIMIT $5) w $report$, p_table, p_key)
       INTO records USING v_run.org, p_created, p_updated, p_run, v_room, p_call, v_run.entity;
    RETURN NEXT;
END
$$;

-- As before, but for lists whose items are no list.
CREATE OR REPLACE FUNCTION list_prices_differ(p_list bigint, p_type text, p_source jsonb) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    WITH wanted AS (SELECT zoho_item_id, price FROM priced_items(p_source) WHERE price IS NOT NULL),
    kept AS (SELECT zoho_item_id, price FROM product_prices WHERE list_id = p_list AND origin = 'zoho' AND deleted_at IS NULL)
    SELECT p_type <> 'fixed_percentage' AND p_source ? 'pricebook_items'
       AND EXISTS ((TABLE wanted EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE wanted))
$$;

-- As before. But the prices of items that a list no longer has go with the key that had them.
CREATE OR REPLACE FUNCTION prices_follow_list() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS
$$
DECLARE
    v_products bigint[];
BEGIN
    IF NEW.zoho_pricebook_id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM lock_work('prices ' || NEW.org_id);
    IF NEW.deleted_at IS NULL AND NEW.name = (SELECT default_list FROM price_settings) THEN
        PERFORM take_default_list(NEW);
    END IF;
    SELECT coalesce(array_agg(p.id), '{}') INTO v_products FROM products p WHERE p.org_id = NEW.org_id;
    IF NEW.deleted_at IS NOT NULL THEN
        UPDATE product_prices SET deleted_at = clock_timestamp(), updated_at = clock_timestamp()
         WHERE list_id = NEW.id AND origin = 'zoho' AND deleted_at IS NULL;
    ELSIF NEW.pricebook_type = 'fixed_percentage' THEN
        PERFORM give_percentage_prices(v_products, ARRAY[NEW.id]);
    ELSIF NEW.source ? 'pricebook_items' OR TG_OP = 'UPDATE' AND OLD.source ? 'pricebook_items' THEN
        PERFORM give_item_prices(NEW);
    END IF;
    IF (SELECT l.is_default FROM price_lists l WHERE l.id = NEW.id) THEN
        PERFORM give_default_prices(v_products);
    END IF;
    RETURN NULL;
END
$$;
