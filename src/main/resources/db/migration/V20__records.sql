-- Records of kinds that have no table of their own, as JSON. A partition for each kind: what works on the table of a kind
-- and the column of its Zoho id works on a partition as it is.
CREATE TABLE records (
    org_id           text        NOT NULL,
    entity           text        NOT NULL,
    zoho_id          text        NOT NULL,
    source           jsonb,
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at       timestamptz,
    UNIQUE (org_id, zoho_id, entity)    -- in this order: who looks into a partition does not name the entity
) PARTITION BY LIST (entity);

-- The partition of a kind, made where there is none; its name needs no quotes.
CREATE FUNCTION records_of(p_entity text) RETURNS text
    LANGUAGE plpgsql AS
$$
DECLARE
    v_table CONSTANT text := 'records_' || CASE WHEN p_entity ~ '^[a-z0-9-]{1,50}$' THEN replace(p_entity, '-', '_')
                                                ELSE md5(p_entity) END;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('records_of', 0));   -- two replicas may come to it together
    IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = CAST('records' AS regclass) AND inhrelid = to_regclass(v_table)) THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF records FOR VALUES IN (%L)', v_table, p_entity);
        PERFORM track_changes(CAST(v_table AS regclass), p_entity, 'zoho_id');
    END IF;
    RETURN v_table;
END
$$;

-- As in V15, but of a table of several kinds: an entity '' is the row's own. A statement on the partitioned table fires
-- its trigger only, one on a partition that of the partition.
CREATE OR REPLACE FUNCTION note_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_hashjoin = on AS
$$
DECLARE
    c_untracked CONSTANT text[] := ARRAY['id', 'org_id', TG_ARGV[1], 'source', 'requested_at', 'created_at', 'updated_at'];
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

SELECT track_changes('records', '', 'zoho_id');

DO
$$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        GRANT SELECT ON records TO saddlebag_reader;
    END IF;
END
$$;
