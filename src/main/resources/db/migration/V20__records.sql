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

-- A statement on the partitioned table fires its trigger only, one on a partition that of the partition.
SELECT track_changes('records', '', 'zoho_id');

DO
$$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        GRANT SELECT ON records TO saddlebag_reader;
    END IF;
END
$$;
