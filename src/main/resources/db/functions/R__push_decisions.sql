-- Decisions of a person about pushes. Nothing here writes to Zoho. A function that refuses a decision returns the HTTP status and the reason, and changes nothing.

-- Ties a row to a record in Zoho. The next run updates that record, or takes a document for sent as it is; where the update carries If-Unmodified-Since, Zoho refuses only what was changed since now.
CREATE OR REPLACE FUNCTION push_adopt(p_org text, p_target text, p_sql text, p_key text, p_zoho_id text, OUT status integer, OUT problem text)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_old   push_state%ROWTYPE;
    v_other text;
BEGIN
    SELECT * INTO v_old FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = p_key FOR UPDATE;
    IF NOT FOUND AND NOT EXISTS (SELECT FROM push_rows(p_org, p_target, NULL, jsonb_build_object('keys', jsonb_build_array(p_key)), p_sql) r WHERE r.record_key = p_key) THEN
        status := 404;
        problem := format('The target %s has no record with the key %s: neither its view nor its state has it', p_target, p_key);
        RETURN;
    END IF;
    SELECT s.record_key INTO v_other FROM push_state s
     WHERE s.org_id = p_org AND s.target = p_target AND s.zoho_id = p_zoho_id AND s.record_key <> p_key LIMIT 1;
    IF v_old.claimed_until > clock_timestamp() THEN
        status := 409;
        problem := format('%s is being sent at this moment; repeat the request when GET %s shows its outcome', p_key, push_record_address(p_org, p_target, p_key));
    ELSIF v_other IS NOT NULL THEN
        status := 409;
        problem := format('Record %s is tied to the row %s already. Forget that row first, or correct the view so that one row is left', p_zoho_id, v_other);
    ELSE
        INSERT INTO push_state AS s (org_id, target, record_key, zoho_id, zoho_modified_at, status, attempt, error_code, error_text) -- nobody knows whether the record is active
        VALUES (p_org, p_target, p_key, p_zoho_id, clock_timestamp(), 'waiting', '{"statusInDoubt": true}', 'adopted',
                'tied to record ' || p_zoho_id || '; the next run updates it, unless it is a document, which is sent once')
        ON CONFLICT (org_id, target, record_key) DO UPDATE
           SET zoho_id = EXCLUDED.zoho_id, zoho_modified_at = EXCLUDED.zoho_modified_at, status = 'waiting', sent = NULL, sent_at = NULL, sent_mapping = NULL, active = NULL, trying = NULL, attempt = EXCLUDED.attempt,
               attempts = 0, next_at = NULL, claim = NULL, claimed_until = NULL, error_code = EXCLUDED.error_code, error_key = NULL, error_text = EXCLUDED.error_text,
               other_zoho_id = NULL, updated_at = clock_timestamp();
        INSERT INTO push_log (org_id, target, record_key, action, outcome, changes)
        VALUES (p_org, p_target, p_key, 'adopt', 'ok', jsonb_build_object('zohoId', jsonb_build_object('before', v_old.zoho_id, 'after', p_zoho_id)));
    END IF;
END
$$;

-- Unties a row from its record in Zoho. To the next run it is a row that was never sent.
CREATE OR REPLACE FUNCTION push_forget(p_org text, p_target text, p_key text, OUT status integer, OUT problem text)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_old push_state%ROWTYPE;
BEGIN
    SELECT * INTO v_old FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = p_key FOR UPDATE;
    IF NOT FOUND THEN
        status := 404;
        problem := format('Nothing of the target %s was ever sent or refused under the key %s', p_target, p_key);
    ELSIF v_old.claimed_until > clock_timestamp() THEN
        status := 409;
        problem := format('%s is being sent at this moment; repeat the request when GET %s shows its outcome', p_key, push_record_address(p_org, p_target, p_key));
    ELSIF v_old.status IN ('unknown', 'accepted') THEN
        status := 409;
        problem := format('The outcome of %s is not known yet, and a forgotten row would be created again. POST %s finds it out; adopt ties it to a record that you found',
                          p_key, push_record_address(p_org, p_target, p_key));
    ELSE
        DELETE FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = p_key;
        INSERT INTO push_log (org_id, target, record_key, action, outcome, changes)
        VALUES (p_org, p_target, p_key, 'forget', 'ok', jsonb_build_object('zohoId', jsonb_build_object('before', v_old.zoho_id, 'after', NULL)));
    END IF;
END
$$;

-- Why the held rows of a run cannot be decided; null: they can.
CREATE OR REPLACE FUNCTION push_nothing_held(p_run bigint) RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN EXISTS (SELECT FROM push_state s WHERE s.run_id = r.id AND s.status = 'held' AND s.error_code IN ('held', 'restless')) THEN NULL
                ELSE coalesce((SELECT format('Run %s holds nothing any more: the later run %s has taken its place. Decide that one: POST /api/push/runs/%s/release or /refuse',
                                             r.id, max(s.run_id), max(s.run_id))
                                 FROM push_state s
                                WHERE s.org_id = r.org AND s.target = r.entity AND s.status = 'held' AND s.error_code = 'held' AND s.run_id > r.id
                               HAVING count(*) > 0),
                              format('Run %s holds nothing: its rows were decided, or have changed since, or it never held any. GET %s lists what is held now',
                                     r.id, push_address(r.org, '/api/push/' || r.entity, 'status=held'))) END
      FROM sync_runs r WHERE r.id = p_run
$$;

-- Declines the held rows of a run: they stay unsent until their bodies change. Returns their number.
CREATE OR REPLACE FUNCTION push_refuse(p_run bigint) RETURNS bigint
    LANGUAGE sql AS
$$
    WITH refused AS (
        UPDATE push_state s
           SET error_code = 'declined', attempt = s.attempt - 'reverts', error_text = format('a person left it out (run %s); it is held until the row changes', p_run), updated_at = clock_timestamp()
         WHERE s.run_id = p_run AND s.status = 'held' AND s.error_code IN ('held', 'restless')
        RETURNING s.org_id, s.target, s.record_key
    ),
    logged AS (
        INSERT INTO push_log (org_id, target, record_key, run_id, action, outcome)
        SELECT org_id, target, record_key, p_run, 'decline', 'held' FROM refused
    )
    SELECT count(*) FROM refused
$$;

-- The records that a run updated, each with the body and the status that take the run back: every key that the run changed, and that still has the value which the
-- run wrote, gets its value from before the run; so does the status (active). What was empty is empty again: a text "", all else null. Records that the run created are left
-- out, because they had no body before.
CREATE OR REPLACE FUNCTION push_before(p_run bigint) RETURNS TABLE (record_key text, body jsonb, active boolean)
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN QUERY
    WITH written AS MATERIALIZED (
        SELECT l.* FROM push_log l
         WHERE l.run_id IN (SELECT run_parts(p_run)) AND l.action IN ('create', 'update', 'activate', 'deactivate') AND l.outcome = 'ok'
    ),
    changes AS MATERIALIZED ( -- of each key the value before the first change and the value after the last one
        SELECT l.record_key, c.key, (array_agg(c.value -> 'before' ORDER BY l.id))[1] AS before, (array_agg(c.value -> 'after' ORDER BY l.id DESC))[1] AS after
          FROM written l CROSS JOIN LATERAL jsonb_each(l.changes) c WHERE l.action IN ('create', 'update') GROUP BY 1, 2
    ),
    switched AS MATERIALIZED (
        SELECT l.record_key, (array_agg(CAST(l.changes #>> '{active,before}' AS boolean) ORDER BY l.id))[1] AS before,
               (array_agg(l.action ORDER BY l.id DESC))[1] = 'activate' AS after
          FROM written l WHERE l.action IN ('activate', 'deactivate') GROUP BY 1
    ),
    made AS MATERIALIZED (
        SELECT l.record_key FROM written l WHERE l.action = 'create' AND NOT jsonb_path_exists(l.changes, '$.*.before')
    ),
    bodies AS MATERIALIZED (
        SELECT c.record_key, jsonb_object_agg(c.key, CASE WHEN c.before = 'null' AND jsonb_typeof(c.after) = 'string' THEN '""' ELSE c.before END) AS body
          FROM sync_runs r JOIN changes c ON c.before IS NOT NULL
          JOIN push_state s ON s.org_id = r.org AND s.target = r.entity AND s.record_key = c.record_key
         WHERE r.id = p_run AND s.sent -> c.key = c.after
         GROUP BY 1
    )
    SELECT s.record_key, s.sent || coalesce(b.body, '{}'), CASE WHEN w.before <> w.after AND s.active = w.after THEN w.before ELSE s.active END
      FROM sync_runs r
      JOIN push_state s ON s.org_id = r.org AND s.target = r.entity AND s.sent IS NOT NULL
      LEFT JOIN bodies b ON b.record_key = s.record_key
      LEFT JOIN switched w ON w.record_key = s.record_key
     WHERE r.id = p_run AND (b.body IS NOT NULL OR w.before <> w.after AND s.active = w.after)
       AND s.record_key NOT IN (SELECT m.record_key FROM made m);
END
$$;
