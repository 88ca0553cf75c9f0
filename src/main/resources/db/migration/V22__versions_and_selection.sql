-- What the property tests of the sinks found of the rule which version of a record wins.

-- The records of one answer: one version each, the newest; in one page the first of two equals, as between two portions.
CREATE OR REPLACE FUNCTION sent_records(p_records jsonb, p_id_key text)
    RETURNS TABLE (zoho_id text, source jsonb, modified timestamptz)
    LANGUAGE sql STABLE AS
$$
    SELECT DISTINCT ON (r.source ->> p_id_key) r.source ->> p_id_key, r.source,
           CAST(NULLIF(r.source ->> 'last_modified_time', '') AS timestamptz)
      FROM jsonb_array_elements(p_records) WITH ORDINALITY AS r(source, place)
     ORDER BY 1, 3 DESC NULLS LAST, r.place
$$;

-- Which version of a record wins: the higher pair (last_modified_time, moment of the request); where one of the two has
-- no time, the later request. A tombstone yields only to a later request. p_again takes every record, for a mapping that
-- was edited.
CREATE OR REPLACE FUNCTION version_wins(p_again boolean, p_modified timestamptz, p_requested timestamptz,
                                        r_modified timestamptz, r_requested timestamptz, r_deleted timestamptz)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT p_again
        OR CASE WHEN r_deleted IS NOT NULL
                THEN p_requested > r_requested
                WHEN p_modified <> r_modified
                THEN p_modified > r_modified
                ELSE (coalesce(p_requested, '-infinity'), coalesce(p_modified, '-infinity'))
                   > (coalesce(r_requested, '-infinity'), coalesce(r_modified, '-infinity')) END
$$;

-- Tombstones for what is gone ([{"id", "at", "call"}], at: when the request was sent that proved it). A row that a later
-- request brought is left alone; one that is marked already remembers the later proof. One by one, so that history knows
-- the call of each. Returns the ids that were marked.
CREATE OR REPLACE FUNCTION mark_deleted(p_org text, p_table text, p_key text, p_gone jsonb) RETURNS SETOF text
    LANGUAGE plpgsql AS
$$
DECLARE
    v_gone record;
BEGIN
    FOR v_gone IN SELECT * FROM jsonb_to_recordset(p_gone) AS g(id text, at timestamptz, call text) LOOP
        PERFORM set_config('saddlebag.call_id', coalesce(v_gone.call, ''), true);
        EXECUTE format('UPDATE %2$I t SET requested_at = $3
                         WHERE t.org_id = $1 AND t.%1$I = $2 AND t.deleted_at IS NOT NULL AND t.requested_at < $3', p_key, p_table)
          USING p_org, v_gone.id, v_gone.at;
        RETURN QUERY EXECUTE format($mark$
            UPDATE %2$I t SET deleted_at = $3, requested_at = $3, updated_at = clock_timestamp()
             WHERE t.org_id = $1 AND t.%1$I = $2 AND t.deleted_at IS NULL AND (t.requested_at IS NULL OR t.requested_at < $3)
            RETURNING t.%1$I
            $mark$, p_key, p_table) USING p_org, v_gone.id, v_gone.at;
    END LOOP;
END
$$;
