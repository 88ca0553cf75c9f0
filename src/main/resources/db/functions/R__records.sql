-- Shared by the sinks of all kinds: which version of a record wins, and which content its row then has.

-- The records of an answer, each in its newest version. Of two equal versions on a page the first one counts, as it does between two batches.
CREATE OR REPLACE FUNCTION sent_records(p_records jsonb, p_id_key text)
    RETURNS TABLE (zoho_id text, source jsonb, modified timestamptz)
    LANGUAGE sql STABLE AS
$$
    SELECT DISTINCT ON (r.source ->> p_id_key) r.source ->> p_id_key, r.source, zoho_version(r.source ->> 'last_modified_time')
      FROM jsonb_array_elements(p_records) WITH ORDINALITY AS r(source, place)
     ORDER BY 1, 3 DESC NULLS LAST, r.place
$$;

-- Whether a record replaces its row: the higher pair (last_modified_time, time of the request) wins; if the record or the row has no
-- last_modified_time, the later request wins. Only a later request replaces a tombstone. A row's time in the future, from a wrong clock,
-- does not count. p_ignore_version lets every record win, for a mapping that was edited.
CREATE OR REPLACE FUNCTION version_wins(p_ignore_version boolean, p_modified timestamptz, p_requested timestamptz,
                                        r_modified timestamptz, r_requested timestamptz, r_deleted timestamptz)
    RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT p_ignore_version
        OR CASE WHEN r_deleted IS NOT NULL
                THEN p_requested > r_requested
                WHEN p_modified <> r_modified AND r_modified <= latest_version()
                THEN p_modified > r_modified
                ELSE (coalesce(p_requested, '-infinity'), coalesce(p_modified, '-infinity'))
                   > (coalesce(r_requested, '-infinity'), CASE WHEN r_modified <= latest_version() THEN r_modified ELSE '-infinity' END) END
$$;

-- Merges an answer into a row: gives the row's source and shapes after the answer.
--
-- Zoho leaves empty fields out of its answers, and its answers differ in shape. So a row keeps, beside source, what the answers of
-- each shape said. An answer removes the keys that the last answer of its own shape had and that it lacks. It leaves the keys that
-- only another shape has. The shapes: list (an element of a list), record (one record requested by its id), details (one of several
-- requested by their ids), webhook (a webhook's payload) and none (a mapping applied again, a payload by a template of the user's own).
--
-- The column shapes has a key for each shape that has answered, and under it the keys of source that its last answer lacked; that answer
-- had all the others. {"list": [], "record": ["cf_color"]}: the list had every key, the single record every key but cf_color. A shape that is
-- missing has not answered yet.
--
--   p_row, p_shapes   of the row; null: there is none
--   gone              the keys that the answer removes
--   differs           whether source differs from the row's
-- The first answer of a shape removes nothing, but an answer by id also removes keys that only a webhook had. A webhook removes nothing
-- (webhook_lacks finds the keys that it lacks). The shape none removes nothing and leaves no trace in shapes.
-- PL/pgSQL, so that the usual cases come first: an equal record costs 4 µs, other values of the same keys 40 µs, the whole rule 60 to 100 µs.
CREATE OR REPLACE FUNCTION merged(p_row jsonb, p_shapes jsonb, p_answer jsonb, p_shape text,
                                  OUT source jsonb, OUT shapes jsonb, OUT gone text[], OUT differs boolean)
    LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
    v_row     jsonb;
    v_lacked  jsonb := p_shapes -> p_shape;
    v_webhook jsonb;
    v_had     jsonb;    -- the part of the row that the last answer of this shape had
    v_left    text[];   -- keys that the answer lacks
    v_new     text[];   -- keys that only the answer has
BEGIN
    IF p_row IS NULL THEN
        source := p_answer;
        shapes := CASE WHEN p_shape = 'none' THEN '{}' ELSE jsonb_build_object(p_shape, '[]'::jsonb) END;
        gone := '{}';
        differs := true;
        RETURN;
    END IF;
    v_row := p_row || '{}'; -- decompressed once, not by each operator below
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
    IF v_webhook IS NULL AND v_lacked <> '[]' THEN
        v_had := v_row - ARRAY(SELECT jsonb_array_elements_text(v_lacked));
        IF v_had = p_answer THEN
            RETURN;
        END IF;
        IF v_had || p_answer = p_answer AND p_answer || v_had = v_had THEN -- the same keys as in the last answer of this shape
            source := v_row || p_answer;
            differs := true;
            RETURN;
        END IF;
    END IF;

    v_left := ARRAY(SELECT k FROM jsonb_object_keys(v_row) k WHERE NOT p_answer ? k);
    v_new := ARRAY(SELECT k FROM jsonb_object_keys(p_answer) k WHERE NOT v_row ? k);
    IF v_left <> '{}' AND p_shape <> 'webhook' THEN
        gone := ARRAY(SELECT k FROM unnest(v_left) k WHERE NOT v_lacked ? k OR NOT v_webhook ? k);
    END IF;
    source := (v_row - gone) || p_answer;
    differs := source <> v_row;
    -- always in the order of jsonb_object_keys, so that equal shapes compare equal
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

-- Those of the ids that have a row, separated by commas.
CREATE OR REPLACE FUNCTION ids_with_rows(p_table regclass, p_key text, p_org text, p_ids text[]) RETURNS text
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_ids text;
BEGIN
    EXECUTE format('SELECT coalesce(string_agg(%2$I, '',''), '''') FROM %1$s WHERE org_id = $1 AND %2$I = ANY ($2)', p_table, p_key)
       INTO v_ids USING p_org, p_ids;
    RETURN v_ids;
END
$$;

-- Those of the ids whose rows were not written since the request was sent, separated by commas: such a row must equal the answer, whatever
-- its version. For other rows and for tombstones the sink's usual rule decides.
CREATE OR REPLACE FUNCTION rows_since(p_table regclass, p_key text, p_org text, p_ids text[], p_requested_at timestamptz) RETURNS text
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_ids text;
BEGIN
    EXECUTE format('SELECT coalesce(string_agg(%2$I, '',''), '''') FROM %1$s
                     WHERE org_id = $1 AND %2$I = ANY ($2) AND deleted_at IS NULL AND updated_at < $3 AND coalesce(requested_at < $3, true)',
                   p_table, p_key)
       INTO v_ids USING p_org, p_ids, p_requested_at;
    RETURN v_ids;
END
$$;

-- The next p_most records as they are stored, in the order of their ids, as a JSON array. last is null after the last one.
CREATE OR REPLACE FUNCTION stored_records(p_table regclass, p_key text, p_org text, p_after text, p_most integer)
    RETURNS TABLE (records text, last text)
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN QUERY EXECUTE format('SELECT CAST(jsonb_agg(s.source ORDER BY s.id) AS text), max(s.id)
        FROM (SELECT %2$I AS id, source FROM %1$s WHERE org_id = $1 AND %2$I > $2 AND source IS NOT NULL ORDER BY %2$I LIMIT $3) s',
        p_table, p_key) USING p_org, p_after, p_most;
END
$$;

CREATE OR REPLACE FUNCTION is_partition_of_records(p_table text) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT EXISTS (SELECT FROM pg_inherits WHERE inhparent = CAST('records' AS regclass) AND inhrelid = to_regclass(p_table))
$$;

-- The name of a kind's partition, which is created if it does not exist. The name needs no quotes.
-- CREATE TABLE ... PARTITION OF would lock the whole table records against readers: it waits for the transaction of each reader, and all
-- others wait behind it. ATTACH PARTITION does not. For an existing partition no lock is taken.
CREATE OR REPLACE FUNCTION records_of(p_entity text) RETURNS text
    LANGUAGE plpgsql AS
$$
DECLARE
    v_table CONSTANT text := 'records_' || CASE WHEN p_entity ~ '^[a-z0-9-]{1,50}$' THEN replace(p_entity, '-', '_')
                                                ELSE md5(p_entity) END;
BEGIN
    IF NOT is_partition_of_records(v_table) THEN
        PERFORM lock_work('records_of');    -- two replicas may create it at the same time
        IF NOT is_partition_of_records(v_table) THEN
            EXECUTE format('CREATE TABLE %I (LIKE records INCLUDING ALL)', v_table);
            EXECUTE format('ALTER TABLE records ATTACH PARTITION %I FOR VALUES IN (%L)', v_table, p_entity);
            PERFORM track_changes(CAST(v_table AS regclass), p_entity, 'zoho_id');
        END IF;
    END IF;
    RETURN v_table;
END
$$;
