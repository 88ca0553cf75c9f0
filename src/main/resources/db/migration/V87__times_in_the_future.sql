-- The latest last_modified_time that is a version: a few minutes after the Date of the answer that is being stored, or after our own clock.
CREATE FUNCTION latest_version() RETURNS timestamptz
    LANGUAGE sql STABLE AS
$$ SELECT coalesce(CAST(NULLIF(current_setting('saddlebag.latest_version', true), '') AS timestamptz), now() + interval '5 minutes') $$;

CREATE OR REPLACE FUNCTION zoho_version(p_value text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_time CONSTANT timestamptz := zoho_time('last_modified_time', p_value);
BEGIN
    RETURN CASE WHEN v_time <= latest_version() THEN v_time END;
END
$$;

-- As before; and a row whose time is in the future, for the clock that wrote it was wrong and is right again, has no version either.
CREATE OR REPLACE FUNCTION version_wins(p_again boolean, p_modified timestamptz, p_requested timestamptz,
                                        r_modified timestamptz, r_requested timestamptz, r_deleted timestamptz)
    RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT p_again
        OR CASE WHEN r_deleted IS NOT NULL
                THEN p_requested > r_requested
                WHEN p_modified <> r_modified AND r_modified <= latest_version()
                THEN p_modified > r_modified
                ELSE (coalesce(p_requested, '-infinity'), coalesce(p_modified, '-infinity'))
                   > (coalesce(r_requested, '-infinity'), CASE WHEN r_modified <= latest_version() THEN r_modified ELSE '-infinity' END) END
$$;

-- As before, but for that: such a row is asked for.
CREATE OR REPLACE FUNCTION judge_webhooks(p_org text, p_entity text, p_table text, p_key text, p_id_key text, p_records jsonb, p_shape text)
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
                    WHEN t.deleted_at IS NOT NULL OR t.zoho_modified_at IS NULL OR t.zoho_modified_at > latest_version() THEN 'fetch'
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
