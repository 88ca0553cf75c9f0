-- A row is marked as deleted only after proof: a complete full run that did not find the record proposes it, and then Zoho must confirm
-- that the record is gone.

-- A list of proposed deletes belongs to the run that proposed them. Gives the id of the run whose list p_run works on: its own, or that of the
-- run that it resumes, or of the run that a person released.
CREATE OR REPLACE FUNCTION deletes_list(p_run sync_runs) RETURNS bigint
    LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN p_run.cursor ->> 'read' = 'deletes' THEN CAST(p_run.cursor ->> 'run' AS bigint) ELSE p_run.id END $$;

-- The ids of rows whose records a complete full run did not find. A delete that a person refused or restored is left out until its row changes.
CREATE OR REPLACE FUNCTION missed_rows(p_run_id bigint, p_table text, p_key text) RETURNS SETOF text
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN QUERY EXECUTE format($missed$
        SELECT u.id FROM unseen_rows($1, $2, $3) AS u(id)
         WHERE NOT EXISTS (SELECT FROM sync_deletes d
                             JOIN sync_runs r ON r.id = d.run_id
                             JOIN sync_runs o ON o.id = $1 AND o.org = r.org AND o.entity = r.entity
                             JOIN %1$I t ON t.org_id = o.org AND t.%2$I = d.zoho_id
                            WHERE d.zoho_id = u.id AND d.state IN ('refused', 'restored') AND t.updated_at <= d.decided_at)
        $missed$, p_table, p_key) USING p_run_id, CAST(p_table AS regclass), p_key;
END
$$;

-- Proposes deletes at the end of a run. Gives the list that the run works on (null: there is nothing to check), and ids of rows that are known to
-- be in Zoho, for the control request. No row: another process has taken the run over. Only a full run that read its list in one piece
-- proposes deletes. These propose none: the first full run of a kind (it may have gaps), a run that resumes another (not all pages are its
-- own), and a run with a filter. A dry run only reports the deletes that it would propose.
CREATE OR REPLACE FUNCTION propose_deletes(p_run_id bigint, p_epoch integer, p_table text, p_key text, p_askable boolean,
                                           p_filtered boolean, p_share numeric, p_rows bigint, p_batch integer, p_most integer)
    RETURNS TABLE (list bigint, controls text)
    LANGUAGE plpgsql
    SET enable_nestloop = off AS    -- the planner cannot estimate the number of ids on the pages; a nested loop over a million by a million rows never ends
$$
DECLARE
    v_run    sync_runs%ROWTYPE;
    v_missed text[];
    v_rows   bigint;
    v_held   text;
BEGIN
    SELECT * INTO v_run FROM sync_runs WHERE id = p_run_id AND epoch = p_epoch AND status = 'running' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF v_run.cursor ->> 'read' = 'deletes' THEN
        list := deletes_list(v_run);
        SELECT d.reason INTO v_held FROM sync_deletes d WHERE d.run_id = list AND d.state = 'held' LIMIT 1;
    ELSIF v_run.mode = 'full' AND v_run.resumed_from IS NULL AND NOT p_filtered
            AND EXISTS (SELECT FROM sync_pages p WHERE p.run_id = p_run_id)
            AND EXISTS (SELECT FROM sync_watermarks w WHERE w.org = v_run.org AND w.entity = v_run.entity) THEN
        SELECT coalesce(array_agg(m), '{}') INTO v_missed FROM missed_rows(p_run_id, p_table, p_key) m;
        EXECUTE format('SELECT count(*) FROM %I t WHERE t.org_id = $1 AND t.deleted_at IS NULL AND t.%I IS NOT NULL', p_table, p_key)
           INTO v_rows USING v_run.org;
        v_held := CASE WHEN cardinality(v_missed) > p_rows AND cardinality(v_missed) * 100 > v_rows * p_share
                       THEN format('more than %s %% of %s rows and more than %s rows', p_share, v_rows, p_rows)
                       WHEN NOT p_askable THEN 'records of this kind cannot be requested by their id' END;
        IF v_run.dry_run THEN
            PERFORM report_deletes(p_run_id, v_missed, v_held, p_batch, p_most);
            v_held := NULL;
        ELSE
            -- if a candidate that earlier runs left undecided is still missing, this run has found it again
            DELETE FROM sync_deletes d USING sync_runs r
             WHERE r.id = d.run_id AND r.org = v_run.org AND r.entity = v_run.entity AND d.state IN ('proposed', 'held', 'living');
            DELETE FROM sync_pages p WHERE p.run_id = p_run_id;
            IF cardinality(v_missed) > 0 THEN
                list := p_run_id;
                INSERT INTO sync_deletes (run_id, zoho_id, requested_at) SELECT list, m, v_run.started_at FROM unnest(v_missed) m;
                UPDATE sync_runs SET cursor = jsonb_build_object('read', 'deletes', 'run', list, 'total', v_run.cursor -> 'total')
                 WHERE id = p_run_id;
            END IF;
        END IF;
    END IF;
    IF v_held IS NOT NULL THEN
        PERFORM hold_deletes(p_run_id, p_epoch, list, v_held);
        list := NULL;
    END IF;
    IF list IS NOT NULL THEN
        controls := living_ids(v_run.org, v_run.entity, p_table, p_key, NULL);
    END IF;
    RETURN NEXT;
END
$$;

-- Writes the proposals of a dry run into its report, and the number of calls that would confirm them: one for each id, and a control request
-- for each batch.
CREATE OR REPLACE FUNCTION report_deletes(p_run_id bigint, p_missed text[], p_held text, p_batch integer, p_most integer) RETURNS void
    LANGUAGE sql AS
$$
    INSERT INTO sync_reports (run_id, zoho_id, what, error)
    SELECT p_run_id, m, 'deleted', coalesce('would be held: ' || p_held, 'would first be requested by its id') FROM unnest(p_missed) m
     LIMIT greatest(0, p_most - (SELECT count(*) FROM sync_reports WHERE run_id = p_run_id))
        ON CONFLICT DO NOTHING;
    UPDATE sync_runs
       SET deleted = cardinality(p_missed),
           summary = CASE WHEN p_held IS NOT NULL THEN format('%s rows were on no page and would be held: %s', cardinality(p_missed), p_held)
                          ELSE format('%s rows were on no page; up to %s more calls would confirm that their records are gone', cardinality(p_missed),
                                      cardinality(p_missed) + ceil(2 * cardinality(p_missed) / CAST(p_batch AS numeric))) END
     WHERE id = p_run_id AND cardinality(p_missed) > 0
$$;

-- A random text between two ids, in their order. Ids of Zoho are digits.
CREATE OR REPLACE FUNCTION id_between(p_least text, p_most text) RETURNS text
    LANGUAGE plpgsql AS
$$
DECLARE
    v_same  integer := 0;       -- how many characters both begin with
    v_least numeric;
    v_most  numeric;
BEGIN
    WHILE v_same < length(p_least) AND left(p_least, v_same + 1) = left(p_most, v_same + 1) LOOP
        v_same := v_same + 1;
    END LOOP;
    v_least := rpad(regexp_replace(substr(p_least, v_same + 1), '[^0-9]', '0', 'g'), 18, '0');
    v_most := rpad(regexp_replace(substr(p_most, v_same + 1), '[^0-9]', '9', 'g'), 18, '0');
    RETURN left(p_least, v_same) || lpad(CAST(trunc(v_least + CAST(random() AS numeric) * (v_most - v_least)) AS text), 18, '0');
END
$$;

-- Up to three ids, separated by commas, of rows whose records should exist in Zoho, but not p_but. Null: there are none.
-- Many records may be gone of which PostgreSQL does not know yet; while only such are controls, nothing can be proved. So a record with a waiting
-- webhook is no control, rows that an answer changed lately come first, and each call looks at others: at forty rows after each of five places
-- in the order of the ids. Only if none of these is living, the table is read until some are found.
CREATE OR REPLACE FUNCTION living_ids(p_org text, p_entity text, p_table text, p_key text, p_but text) RETURNS text
    LANGUAGE plpgsql
    SET enable_nestloop = on AS    -- propose_deletes switches it off
$$
DECLARE
    v_ids    text;
    v_least  text;
    v_most   text;
    v_living text := format($living$
        t.deleted_at IS NULL AND t.%1$I IS NOT NULL AND t.%1$I IS DISTINCT FROM $2
        AND NOT EXISTS (SELECT FROM sync_deletes d JOIN sync_runs r ON r.id = d.run_id
                         WHERE r.org = $1 AND r.entity = $3 AND d.zoho_id = t.%1$I AND d.state IN ('proposed', 'held', 'refused', 'restored'))
        AND NOT has_pending_webhook($1, $3, t.%1$I)
        $living$, p_key);
BEGIN
    EXECUTE format('SELECT min(t.%1$I), max(t.%1$I) FROM %2$I t WHERE t.org_id = $1', p_key, p_table) INTO v_least, v_most USING p_org;
    EXECUTE format($sample$
        SELECT string_agg(c.id, ',' ORDER BY c.place)
          FROM (SELECT l.id, row_number() OVER (ORDER BY l.newest > 2, random()) AS place
                  FROM (SELECT t.%1$I AS id, row_number() OVER (ORDER BY t.requested_at DESC NULLS LAST) AS newest
                          FROM (SELECT DISTINCT k.%1$I, k.requested_at, k.deleted_at
                                  FROM unnest($4) f
                                 CROSS JOIN LATERAL (SELECT s.* FROM %2$I s
                                                      WHERE s.org_id = $1 AND s.%1$I >= f ORDER BY s.%1$I LIMIT 40) k) t
                         WHERE %3$s) l) c
         WHERE c.place <= 3
        $sample$, p_key, p_table, v_living)
       INTO v_ids USING p_org, p_but, p_entity, ARRAY(SELECT id_between(v_least, v_most) FROM generate_series(1, 5));
    IF v_ids IS NULL THEN
        EXECUTE format('SELECT string_agg(l.id, '','') FROM (SELECT t.%1$I AS id FROM %2$I t WHERE t.org_id = $1 AND %3$s LIMIT 3) l',
                       p_key, p_table, v_living) INTO v_ids USING p_org, p_but, p_entity;
    END IF;
    RETURN v_ids;
END
$$;

-- Whether a record has a row that is not marked as deleted.
CREATE OR REPLACE FUNCTION is_living(p_org text, p_table text, p_key text, p_zoho_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_lives boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I t WHERE t.org_id = $1 AND t.deleted_at IS NULL AND t.%I = $2)', p_table, p_key)
       INTO v_lives USING p_org, p_zoho_id;
    RETURN v_lives;
END
$$;

-- Holds the rest of the list for a person: no more of it is requested or marked. The run ends as partial, and its error says why.
CREATE OR REPLACE FUNCTION hold_deletes(p_run_id bigint, p_epoch integer, p_list bigint, p_reason text) RETURNS void
    LANGUAGE sql AS
$$
    UPDATE sync_deletes SET state = 'held', reason = p_reason WHERE run_id = p_list AND state = 'proposed'
       AND EXISTS (SELECT FROM sync_runs WHERE id = p_run_id AND epoch = p_epoch AND status = 'running');
    UPDATE sync_runs
       SET error = format('%s %s in PostgreSQL were on no page of Zoho''s list. They are held and not marked as deleted: %s. '
                          || 'GET /api/sync/runs/%s/deletes lists them; POST /api/sync/runs/%s/deletes/release checks each in Zoho '
                          || 'and marks those that are gone; POST /api/sync/runs/%s/deletes/refuse keeps them',
                          (SELECT count(*) FROM sync_deletes WHERE run_id = p_list AND state = 'held'), entity, p_reason,
                          p_list, p_list, p_list)
     WHERE id = p_run_id AND epoch = p_epoch AND status = 'running'
$$;

-- Marks rows as deleted. p_gone is [{"id", "at", "call"}]; "at" is when the confirming request was sent. A row that was stored by a later
-- request is not marked, nor one that a webhook stored since: a webhook has no time of a request, and the record may be back. A row that is marked
-- already keeps the later of the two times. Rows are marked one by one, so that the history has the call of each. Returns the ids that were marked.
CREATE OR REPLACE FUNCTION mark_deleted(p_org text, p_entity text, p_table text, p_key text, p_gone jsonb) RETURNS SETOF text
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
               AND NOT EXISTS (SELECT FROM webhook_events e
                                WHERE e.org_id = $1 AND e.entity = $4 AND e.zoho_id = $2 AND e.complete AND e.status = 'done' AND e.processed_at > $3)
            RETURNING t.%1$I
            $mark$, p_key, p_table) USING p_org, v_gone.id, v_gone.at, p_entity;
    END LOOP;
END
$$;

-- Starts a run that checks the deletes that another run left, held or unfinished. If there are none, it checks the deletes that were refused or
-- restored since. So a person can refuse a few first, and then release the rest.
CREATE OR REPLACE FUNCTION release_deletes(p_list bigint, p_trigger text, p_stale interval)
    RETURNS TABLE (run_id bigint, started boolean, left_over bigint)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_states text[];
BEGIN
    PERFORM abandon_stale_runs(p_stale);
    v_states := CASE WHEN EXISTS (SELECT FROM sync_deletes d WHERE d.run_id = p_list AND d.state IN ('proposed', 'held'))
                     THEN ARRAY['proposed', 'held'] ELSE ARRAY['refused', 'restored'] END;
    SELECT count(*) INTO left_over FROM sync_deletes d
     WHERE d.run_id = p_list AND d.state = ANY (v_states);
    WHILE left_over > 0 AND run_id IS NULL LOOP     -- the running run may end between the two statements
        INSERT INTO sync_runs (org, entity, mode, trigger, cursor)
        SELECT r.org, r.entity, 'deletes', p_trigger, jsonb_build_object('read', 'deletes', 'run', p_list)
          FROM sync_runs r WHERE r.id = p_list
            ON CONFLICT (org, entity) WHERE status = 'running' DO NOTHING
        RETURNING id INTO run_id;
        started := run_id IS NOT NULL;
        IF NOT started THEN
            SELECT b.id INTO run_id FROM sync_runs r JOIN sync_runs b USING (org, entity)
             WHERE r.id = p_list AND b.status = 'running';
        END IF;
    END LOOP;
    IF started THEN
        UPDATE sync_deletes d SET state = 'proposed', reason = NULL, details_at = NULL
         WHERE d.run_id = p_list AND d.state = ANY (v_states);
    END IF;
    RETURN NEXT;
END
$$;

-- Removes the deletion marks that a run set and that are unchanged since. Returns their number.
CREATE OR REPLACE FUNCTION restore_deleted(p_run_id bigint, p_org text, p_entity text, p_table text, p_key text) RETURNS bigint
    LANGUAGE plpgsql AS
$$
DECLARE
    v_now   timestamptz;
    v_count bigint;
BEGIN
    PERFORM lock_work('sink ' || p_entity || ' ' || p_org); -- the lock of the kind's sink
    PERFORM set_config('saddlebag.source', 'api', true);
    v_now := clock_timestamp();
    EXECUTE format($restore$
        WITH ours AS (
            UPDATE %2$I t SET deleted_at = NULL, updated_at = $3
              FROM sync_deletes d
             WHERE (d.run_id = $1 OR d.decided_run = $1) AND d.state = 'gone'
               AND t.org_id = $2 AND t.%1$I = d.zoho_id AND t.deleted_at = d.requested_at
            RETURNING d.run_id, d.zoho_id
        )
        UPDATE sync_deletes d SET state = 'restored', decided_at = $3
          FROM ours o WHERE d.run_id = o.run_id AND d.zoho_id = o.zoho_id
        $restore$, p_key, p_table) USING p_run_id, p_org, v_now;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;
