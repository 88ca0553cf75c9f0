-- Only the answer for a single record has its details: the lines of invoices, bills and adjustments, the allocations of payments. Rows
-- without details get them one by one, the newest first.

-- Whether the row still has its details after an answer. An answer with lines brings them, and so does the answer for the record itself, which leaves
-- them out if there are none: for both p_has_lines is true. After an answer from a list, the stored details
-- are out of date if its last_modified_time is newer or, where it has none, if a column changed. They stay if Zoho only formats the same
-- record differently, as its lists and single records do: otherwise the same details would be fetched for ever. The same holds for a
-- verification, which ignores versions. A mapping that is applied again has the row's own time, or the lines themselves.
CREATE OR REPLACE FUNCTION still_detailed(p_ignore_version boolean, p_has_lines boolean, p_modified timestamptz, p_same_columns boolean,
                                          r_detailed boolean, r_modified timestamptz) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_has_lines THEN NOT p_ignore_version OR coalesce(r_detailed, false)
                WHEN p_modified IS NULL THEN coalesce(r_detailed, false) AND p_same_columns
                ELSE coalesce(r_detailed, false) AND p_modified <= coalesce(r_modified, '-infinity') END
$$;

-- Prepares a table for details: SELECT keep_details('invoices', 'zoho_invoice_id').
CREATE OR REPLACE FUNCTION keep_details(p_table regclass, p_key_column text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS detailed boolean NOT NULL DEFAULT false', p_table);
    EXECUTE format('CREATE INDEX ON %1$s (org_id, zoho_modified_at DESC NULLS LAST, length(%2$I) DESC, %2$I DESC)
                     WHERE NOT detailed AND deleted_at IS NULL', p_table, p_key_column);
END
$$;

CREATE OR REPLACE FUNCTION count_details(p_org text, p_entity text, p_table text) RETURNS void
    LANGUAGE plpgsql AS
$$
DECLARE
    v_lacking bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %I WHERE org_id = $1 AND NOT detailed AND deleted_at IS NULL', p_table)
       INTO v_lacking USING p_org;
    INSERT INTO detail_progress AS d (org_id, entity, lacking) VALUES (p_org, p_entity, v_lacking)
        ON CONFLICT (org_id, entity) DO UPDATE SET lacking = EXCLUDED.lacking, counted_at = EXCLUDED.counted_at
     WHERE d.lacking <> EXCLUDED.lacking;
END
$$;

-- The pause after so many consecutive failures: p_first, four times as long after each further one, at most a day.
CREATE OR REPLACE FUNCTION pause_after(p_failures integer, p_first interval) RETURNS interval
    LANGUAGE sql IMMUTABLE AS
$$ SELECT least(p_first * power(4, least(p_failures, 10) - 1), interval '1 day') $$;

-- Claims the newest record without details for this caller, until p_retry_after has passed. Null: there is none for now.
CREATE OR REPLACE FUNCTION take_detail(p_org text, p_entity text, p_table text, p_key_column text, p_retry_after interval) RETURNS text
    LANGUAGE plpgsql AS
$$
DECLARE
    v_id      text;
    v_updated timestamptz;
BEGIN
    PERFORM lock_work('details ' || p_entity || ' ' || p_org);
    IF EXISTS (SELECT 1 FROM detail_progress d WHERE d.org_id = p_org AND d.entity = p_entity AND d.next_at > clock_timestamp()) THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT t.%1$I, t.updated_at FROM %2$I t
                      LEFT JOIN detail_attempts a ON a.org_id = t.org_id AND a.entity = $2 AND a.zoho_id = t.%1$I
                                                 AND a.row_updated_at = t.updated_at
                     WHERE t.org_id = $1 AND NOT t.detailed AND t.deleted_at IS NULL AND t.%1$I IS NOT NULL
                       AND (a.next_at IS NULL OR a.next_at <= clock_timestamp())
                     ORDER BY t.zoho_modified_at DESC NULLS LAST, length(t.%1$I) DESC, t.%1$I DESC LIMIT 1', p_key_column, p_table)
       INTO v_id, v_updated USING p_org, p_entity;
    IF v_id IS NOT NULL THEN
        INSERT INTO detail_attempts AS a (org_id, entity, zoho_id, row_updated_at, next_at)
        VALUES (p_org, p_entity, v_id, v_updated, clock_timestamp() + p_retry_after)
            ON CONFLICT (org_id, entity, zoho_id) DO UPDATE
           SET attempts = CASE WHEN a.row_updated_at = v_updated THEN a.attempts + 1 ELSE 1 END, row_updated_at = v_updated,
               next_at = clock_timestamp()
                         + pause_after(CASE WHEN a.row_updated_at = v_updated THEN a.attempts + 1 ELSE 1 END, p_retry_after);
    END IF;
    RETURN v_id;
END
$$;

-- Called after an answer was stored. Ends the record's attempt, unless the row still lacks its details, and ends the pause of the kind.
CREATE OR REPLACE FUNCTION detail_stored(p_org text, p_entity text, p_table text, p_key_column text, p_id text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('DELETE FROM detail_attempts a USING %2$I t
                     WHERE a.org_id = $1 AND a.entity = $2 AND a.zoho_id = $3
                       AND t.org_id = $1 AND t.%1$I = $3 AND (t.detailed OR t.deleted_at IS NOT NULL)', p_key_column, p_table)
      USING p_org, p_entity, p_id;
    UPDATE detail_progress SET failures = 0, next_at = NULL, error = NULL
     WHERE org_id = p_org AND entity = p_entity AND failures > 0;
END
$$;
