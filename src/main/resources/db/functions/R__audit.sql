-- The audit log: one function adds a row, one deletes old rows, and a trigger refuses every other change.

-- Adds a row in the open transaction. Returns its id.
CREATE OR REPLACE FUNCTION audit(p_who text, p_role text, p_address text, p_action text, p_org text, p_object text, p_outcome text, p_details jsonb)
    RETURNS bigint
    LANGUAGE sql AS
$$
    INSERT INTO audit_log (who, role, address, action, org_id, object, outcome, details)
    VALUES (p_who, p_role, p_address, p_action, p_org, p_object, p_outcome, coalesce(p_details, '{}'))
    RETURNING id
$$;

-- Deletes at most 5000 of the oldest rows, if they are older than p_keep and older than 400 days. Returns the number of deleted rows.
CREATE OR REPLACE FUNCTION audit_trim(p_keep interval) RETURNS integer
    LANGUAGE plpgsql AS
$$
DECLARE
    v_age     interval := greatest(p_keep, interval '9600 hours');
    v_deleted integer;
BEGIN
    -- set in the body: only a superuser may name a setting of Saddlebag in a function's SET clause
    PERFORM set_config('saddlebag.audit_trim', CAST(v_age AS text), true);
    DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log ORDER BY id LIMIT 5000) AND at < clock_timestamp() - v_age;
    GET DIAGNOSTICS v_deleted = ROW_COUNT;
    PERFORM set_config('saddlebag.audit_trim', '', true);
    RETURN v_deleted;
END
$$;

-- Deletes only rows that are older than the setting of audit_trim() says, and never those of the last 400 days, also if somebody sets it by hand. The owner of
-- the table can still disable or drop the trigger.
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql AS
$$
DECLARE
    v_age interval := NULLIF(current_setting('saddlebag.audit_trim', true), '');
BEGIN
    IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN
        IF v_age IS NOT NULL AND OLD.at < clock_timestamp() - greatest(v_age, interval '9600 hours') THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit_log is append-only: % is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Old rows are deleted by audit_trim() alone, and never those of the last 400 days. Setting: saddlebag.audit.days';
END
$$;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Rows of the audit log, newest first. A parameter that is null sets no condition. The statement is built from the given conditions, so that each
-- combination can use its index. An action includes those below it: run includes run.start and run.cancel, which are between run and run/ by their characters.
-- The names of these actions are read by steps through the index, and then the newest rows of each. ~>=~ and ~<=~ instead of =, with the action in the order:
-- otherwise PostgreSQL may walk through all rows by their id.
CREATE OR REPLACE FUNCTION audit_page(p_from timestamptz, p_to timestamptz, p_who text, p_action text, p_org text, p_object text, p_before bigint, p_limit bigint)
    RETURNS SETOF audit_log
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_rest text := CASE WHEN p_from IS NOT NULL THEN ' AND at >= $1' ELSE '' END
        || CASE WHEN p_to IS NOT NULL THEN ' AND at < $2' ELSE '' END
        || CASE WHEN p_who IS NOT NULL THEN ' AND who = $3' ELSE '' END
        || CASE WHEN p_org IS NOT NULL THEN ' AND org_id = $5' ELSE '' END
        || CASE WHEN p_object IS NOT NULL THEN ' AND object = $6' ELSE '' END
        || CASE WHEN p_before IS NOT NULL THEN ' AND id < $7' ELSE '' END;
BEGIN
    RETURN QUERY EXECUTE CASE WHEN p_action IS NULL THEN 'SELECT * FROM audit_log WHERE true' || v_rest || ' ORDER BY id DESC LIMIT $8' ELSE '
        WITH RECURSIVE actions AS (
            SELECT (SELECT a.action FROM audit_log a WHERE a.action ~>=~ $4 ORDER BY a.action USING ~<~ LIMIT 1) AS name
            UNION ALL
            SELECT (SELECT a.action FROM audit_log a WHERE a.action ~>~ s.name ORDER BY a.action USING ~<~ LIMIT 1) FROM actions s WHERE s.name ~<~ ($4 || ''/'')
        )
        SELECT l.*
          FROM actions s
         CROSS JOIN LATERAL (SELECT * FROM audit_log
                              WHERE action ~>=~ s.name AND action ~<=~ s.name' || v_rest || ' ORDER BY action USING ~>~, id DESC LIMIT $8) l
         WHERE s.name = $4 OR starts_with(s.name, $4 || ''.'')
         ORDER BY l.id DESC LIMIT $8' END
        USING p_from, p_to, p_who, p_action, p_org, p_object, p_before, p_limit;
END
$$;

-- The action that started a run: the first one after the start of the run that names it. No row: a timer or a process started the run, or the action is no longer kept.
CREATE OR REPLACE FUNCTION run_start_action(p_run sync_runs) RETURNS SETOF audit_log
    LANGUAGE sql STABLE AS
$$
    SELECT a.* FROM audit_log a
     WHERE a.at >= p_run.started_at AND a.at < p_run.started_at + interval '1 minute' AND a.outcome = 'done'
       AND (CAST(p_run.id AS text) IN (a.details ->> 'runId', a.details -> 'answer' ->> 'runId') OR a.details -> 'answer' -> 'runIds' @> to_jsonb(p_run.id))
     ORDER BY a.at, a.id LIMIT 1 -- by time, so that the index on it is used
$$;
