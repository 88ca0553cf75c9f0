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

-- Which kinds an organisation has copied (null: all), and of a kind which records: {"items": {"status": ["active"]}}.
ALTER TABLE organisations
    ADD kinds   text[],
    ADD filters jsonb;

CREATE OR REPLACE VIEW organisations_api AS
SELECT o.org_id, o.name,
       json_build_object(
           'orgId', CASE WHEN o.org_id NOT LIKE 'pending-%' THEN o.org_id END, 'name', o.name, 'default', o.is_default,
           'connected', o.connection_id IS NOT NULL,
           'connectedAt', CASE WHEN o.connection_id IS NOT NULL THEN c.connected_at END,
           'region', c.region, 'clientId', c.client_id, 'clientSecretSet', c.client_secret IS NOT NULL,
           'refreshTokenSet', c.refresh_token IS NOT NULL, 'scopes', string_to_array(c.scopes, ' '),
           'sameConnectionAs', (SELECT coalesce(json_agg(s.org_id ORDER BY s.org_id), '[]') FROM organisations s
                                 WHERE s.connection_id = o.connection_id AND s.org_id <> o.org_id),
           'callsPerMinute', o.calls_per_minute, 'callsPerDay', o.calls_per_day, 'callsInFlight', o.calls_in_flight,
           'pullCron', o.pull_cron, 'fullCron', o.full_cron, 'timezone', o.timezone,
           'kinds', o.kinds, 'filters', o.filters,
           'webhookSecretSet', o.webhook_secret IS NOT NULL,
           'toDo', CASE WHEN o.awaiting_id IS NOT NULL
                        THEN format('Nobody has agreed with client %s yet. Open /oauth/connect?org=%s in a browser', w.client_id, o.org_id)
                        WHEN o.connection_id IS NOT NULL THEN c.needs_person END) AS organisation
  FROM organisations o
  LEFT JOIN connections w ON w.id = o.awaiting_id
  LEFT JOIN connections c ON c.id = coalesce(o.connection_id, o.awaiting_id);

-- Records outside the filter: those that were not stored, and those that were, since they have a row.
ALTER TABLE sync_runs
    ADD left_out bigint NOT NULL DEFAULT 0,
    ADD kept     bigint NOT NULL DEFAULT 0;

-- Which of the ids have a row, separated by commas.
CREATE FUNCTION ids_with_rows(p_table regclass, p_key text, p_org text, p_ids text[]) RETURNS text
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
