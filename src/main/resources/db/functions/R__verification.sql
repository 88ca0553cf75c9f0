-- The comparison of Zoho with PostgreSQL, and the reports of dry runs.

-- The ids on the pages of a run and of the runs that it resumes, each once.
CREATE OR REPLACE FUNCTION seen_ids(p_run bigint) RETURNS SETOF text
    LANGUAGE sql STABLE AS
$$
    SELECT DISTINCT unnest(p.ids) FROM sync_pages p WHERE p.run_id IN (SELECT run_parts(p_run))
$$;

-- The ids of rows whose records were on no page of the run. The rows existed before the run began, and nothing stored them since. A row that was made
-- here and created in Zoho since then (tie_product) was stored since, too.
CREATE OR REPLACE FUNCTION unseen_rows(p_run bigint, p_table regclass, p_key text) RETURNS SETOF text
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_org   text;
    v_first timestamptz;
BEGIN
    SELECT max(r.org), min(r.started_at) INTO v_org, v_first FROM sync_runs r WHERE r.id IN (SELECT run_parts(p_run));
    RETURN QUERY EXECUTE format('SELECT t.%2$I FROM %1$s t
        WHERE t.org_id = $1 AND t.%2$I IS NOT NULL AND t.deleted_at IS NULL AND t.created_at < $2 AND coalesce(t.requested_at, t.updated_at) < $2
          AND NOT EXISTS (SELECT 1 FROM seen_ids($3) s(id) WHERE s.id = t.%2$I)', p_table, p_key) USING v_org, v_first, p_run;
END
$$;

-- The rows that this transaction has written for a page (p_created and p_updated: the ids that the sink returned). records are the first p_most
-- of them as rows of a report; unannounced is the number of those whose last_modified_time is before the watermark.
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

-- Ends a verification that has read all pages: writes its findings as figures and as one line, and the surplus rows into its report.
CREATE OR REPLACE FUNCTION end_verification(p_run bigint, p_epoch integer, p_table regclass, p_key text, p_most integer) RETURNS void
    LANGUAGE plpgsql SET enable_nestloop = off AS
$$
DECLARE
    v_run     sync_runs%ROWTYPE;
    v_surplus text[];
    v_rows    bigint;
    v_found   jsonb;
BEGIN
    SELECT * INTO v_run FROM sync_runs r WHERE r.id = p_run AND r.epoch = p_epoch AND r.status = 'running' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT coalesce(array_agg(u ORDER BY u), '{}') INTO v_surplus FROM unseen_rows(p_run, p_table, p_key) u;
    EXECUTE format('SELECT count(*) FROM %s WHERE org_id = $1 AND %I IS NOT NULL AND deleted_at IS NULL', p_table, p_key)
       INTO v_rows USING v_run.org;
    INSERT INTO sync_reports (run_id, zoho_id, what)
    SELECT p_run, s.id, 'surplus' FROM unnest(v_surplus) AS s(id)
     LIMIT greatest(0, p_most - (SELECT count(*) FROM sync_reports x WHERE x.run_id IN (SELECT run_parts(p_run))))
        ON CONFLICT DO NOTHING;
    SELECT jsonb_build_object('zoho', (SELECT count(*) FROM seen_ids(p_run)), 'postgresql', v_rows,
               'differing', sum(r.updated), 'missing', sum(r.created), 'surplus', cardinality(v_surplus), 'rejected', sum(r.rejected),
               'unannounced', sum(r.unannounced), 'repaired', NOT v_run.dry_run,
               -- fields that change without a new time, such as stock, were last checked when a run read all records
               'oldestUnverified', (SELECT max(b.started_at) FROM sync_runs b
                                     WHERE b.org = v_run.org AND b.entity = v_run.entity AND b.status IN ('succeeded', 'partial')
                                       AND (b.mode = 'verify' OR b.mode = 'full' AND NOT b.dry_run)))
      INTO v_found FROM sync_runs r WHERE r.id IN (SELECT run_parts(p_run));
    UPDATE sync_runs r
       SET found = v_found,
           summary = format('Zoho %s, PostgreSQL %s, differing %s, missing %s, surplus %s, rejected %s; unannounced changes %s; %s%s',
                            v_found ->> 'zoho', v_found ->> 'postgresql', v_found ->> 'differing', v_found ->> 'missing',
                            v_found ->> 'surplus', v_found ->> 'rejected', v_found ->> 'unannounced',
                            coalesce('oldest row unverified since ' || to_char(CAST(v_found ->> 'oldestUnverified' AS timestamptz) AT TIME ZONE 'UTC',
                                     'YYYY-MM-DD HH24:MI:SS"Z"'), 'never verified before'),
                            CASE WHEN v_run.dry_run THEN '' ELSE '; differing and missing were repaired' END)
     WHERE r.id = p_run;
END
$$;
