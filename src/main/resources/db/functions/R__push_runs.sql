-- Push: a run examines all rows of its target, is held where it would change too much, and sends the rows that are due. p_settings is the
-- declaration of the target as JSON, see target.schema.json; p_request is sync_runs.request.

-- The reason why a person must look at the changes of a run before they are sent; null: none. p_confirmed is the number of records that Zoho has confirmed.
CREATE OR REPLACE FUNCTION push_brake(p_changed bigint, p_emptied bigint, p_deactivated bigint, p_confirmed bigint, p_settings jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT NULLIF(concat_ws('; ',
        CASE WHEN p_changed > 20 AND p_changed * 100 > p_confirmed * CAST(p_settings ->> 'changeShare' AS numeric)
             THEN format('%s of %s confirmed records would change: more than %s %% and more than 20', p_changed, p_confirmed, trim_scale(CAST(p_settings ->> 'changeShare' AS numeric))) END,
        CASE WHEN p_emptied > 10 THEN format('in %s records a price would become 0 or a text empty: more than 10', p_emptied) END,
        CASE WHEN p_deactivated > 10 AND p_deactivated * 10 > p_confirmed
             THEN format('%s of %s confirmed records would become inactive or be deleted: more than 10 %% and more than 10', p_deactivated, p_confirmed) END), '')
$$;

-- Whether a change sets a price to 0 or empties a text.
CREATE OR REPLACE FUNCTION push_empties(p_sent jsonb, p_body jsonb, p_settings jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT EXISTS (SELECT FROM jsonb_each(p_body) b
                    WHERE b.value IS DISTINCT FROM p_sent -> b.key
                      AND (p_settings -> 'money' ? b.key AND b.value = '0' OR b.value IN ('""', 'null') AND coalesce(p_sent ->> b.key, '') <> ''))
$$;

-- Whether a change makes a record inactive, or deletes the record.
CREATE OR REPLACE FUNCTION push_deactivates(p_op text, p_gone boolean, p_sent jsonb, p_body jsonb, p_status_differs boolean, p_active boolean, p_settings jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT p_op IN ('deactivate', 'delete') OR p_gone
           OR coalesce(p_settings ? 'activeKey' AND p_sent -> (p_settings ->> 'activeKey') = 'true' AND p_body -> (p_settings ->> 'activeKey') = 'false', false)
           OR p_status_differs AND NOT p_active
$$;

-- The reason why a single record is held: its mapping gives another body each time, or somebody else writes the same column. null: it is not held.
CREATE OR REPLACE FUNCTION push_restless_because(p_org text, p_target text, p_key text, p_sent jsonb, p_body jsonb) RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT format('pushed %s times within an hour, and %s keeps changing', count(*),
                  (SELECT string_agg(k, ', ' ORDER BY k) FROM jsonb_object_keys(push_changes(p_sent, p_body)) d(k)))
      FROM push_log l
     WHERE l.org_id = p_org AND l.target = p_target AND l.record_key = p_key AND l.outcome = 'ok'
       AND l.action IN ('create', 'update') AND l.at > clock_timestamp() - interval '1 hour'
    HAVING count(*) >= 5
$$;

-- Examines all rows of a target before anything is sent: stores which rows are refused, wait or are gone, and holds a run that would change too
-- much. Only rows of push_state whose status or reason changes are written. p_run is null if a person pushes single records; these are never held.
-- Out: the number of rows to be sent, of refused and of waiting rows, and the reason why the run is held (null: it is not held). No row: another process
-- has taken the run over.
CREATE OR REPLACE FUNCTION push_examine(p_run bigint, p_epoch integer, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_sql text)
    RETURNS TABLE (candidates bigint, refused bigint, waits bigint, reason text)
    LANGUAGE plpgsql AS
$$
DECLARE
    c_differs CONSTANT text := 'The row differs from what was sent; a document is sent once';
    v_brakes boolean := p_run IS NOT NULL AND NOT p_request ? 'release';
    v_request jsonb := push_selection(p_org, p_target, p_settings, p_request);
    v_rows   push_row[];
BEGIN
    IF p_run IS NOT NULL THEN
        PERFORM FROM sync_runs r WHERE r.id = p_run AND r.epoch = p_epoch AND r.status = 'running'; -- not locked: the heartbeat would wait
        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;
    v_rows := ARRAY(SELECT r FROM push_rows(p_org, p_target, p_settings ->> 'view', v_request, p_sql) r);
    IF EXISTS (SELECT FROM unnest(v_rows) w WHERE w.record_key IS NULL) THEN
        RAISE EXCEPTION 'The SQL file of % gives rows without a record_key; nothing is sent', p_target USING ERRCODE = 'null_value_not_allowed';
    END IF;
    RETURN QUERY
    WITH judged AS MATERIALIZED (
        SELECT * FROM push_judged(p_org, p_target, p_settings, v_request, v_rows,
                                   ARRAY(SELECT h FROM push_heirs(p_org, p_target, p_settings, v_request, v_rows, p_sql) h))
    ),
    restless AS (
        SELECT j.record_key, n.reason
          FROM judged j
         CROSS JOIN LATERAL push_restless_because(p_org, p_target, j.record_key, j.sent, j.body) n(reason)
         WHERE v_brakes AND j.rank = 4 AND j.op = 'update' AND j.sent IS NOT NULL AND n.reason IS NOT NULL
    ),
    changes AS (
        SELECT j.*, r.reason AS restless, push_empties(j.sent, j.body, p_settings) AS empties,
               push_deactivates(j.op, j.gone, j.sent, j.body, j.status_differs, j.active, p_settings) AS deactivates
          FROM judged j LEFT JOIN restless r USING (record_key)
         WHERE j.sent IS NOT NULL AND (j.rank IN (4, 5) OR j.rank = 6 AND (j.changed OR p_request ? 'repair'))
    ),
    figures AS (
        SELECT count(c.record_key) FILTER (WHERE c.restless IS NULL) AS changed, count(*) FILTER (WHERE c.empties) AS emptied,
               count(*) FILTER (WHERE c.deactivates) AS deactivated,
               h.already_held, h.already_retiring,
               (SELECT count(*) FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.sent IS NOT NULL AND s.status <> 'gone') AS confirmed
          FROM (SELECT count(*) AS already_held, count(*) FILTER (WHERE j.gone) AS already_retiring
                  FROM judged j WHERE j.status = 'held' AND j.error_code = 'held' AND j.rank IS NULL AND j.body = j.trying) h
          LEFT JOIN changes c ON true
         GROUP BY h.already_held, h.already_retiring
    ),
    brake AS MATERIALIZED (
        SELECT CASE WHEN v_brakes AND f.changed > 0
                    THEN push_brake(f.changed + f.already_held, f.emptied, f.deactivated + f.already_retiring, f.confirmed, p_settings) END AS reason FROM figures f
    ),
    refusing AS (
        INSERT INTO push_state AS s (org_id, target, record_key, external_key, status, trying, tried_at, attempt, run_id, error_code, error_text)
        SELECT p_org, p_target, j.record_key, j.external_key, 'refused', j.body, clock_timestamp(),
               jsonb_build_object('mapping', p_settings ->> 'mapping'), p_run, 'refused', j.refusal
          FROM judged j
         WHERE j.refusal IS NOT NULL AND NOT j.claimed AND j.status IS DISTINCT FROM 'unknown'
           AND (j.status, j.error_text) IS DISTINCT FROM ('refused', j.refusal)
         ORDER BY j.record_key
            ON CONFLICT (org_id, target, record_key) DO UPDATE
           SET status = 'refused', external_key = CASE WHEN s.sent IS NULL AND s.zoho_id IS NULL THEN EXCLUDED.external_key ELSE s.external_key END,
               trying = EXCLUDED.trying, tried_at = EXCLUDED.tried_at, attempt = EXCLUDED.attempt || push_kept(s), run_id = EXCLUDED.run_id,
               error_code = 'refused', error_key = NULL, error_text = EXCLUDED.error_text, next_at = NULL, updated_at = clock_timestamp()
        RETURNING s.record_key, s.error_text
    ),
    waiting AS (
        INSERT INTO push_state AS s (org_id, target, record_key, external_key, status, error_code, error_text)
        SELECT p_org, p_target, j.record_key, j.external_key, 'waiting', 'waiting', 'waits for ' || j.needs
          FROM judged j
         WHERE j.needs IS NOT NULL AND j.refusal IS NULL AND NOT j.gone AND NOT j.claimed AND j.changed AND j.status IS DISTINCT FROM 'unknown'
           AND (j.status, j.error_text) IS DISTINCT FROM ('waiting', 'waits for ' || j.needs)
         ORDER BY j.record_key
            ON CONFLICT (org_id, target, record_key) DO UPDATE
           SET status = 'waiting', external_key = CASE WHEN s.sent IS NULL AND s.zoho_id IS NULL THEN EXCLUDED.external_key ELSE s.external_key END,
               trying = NULL, error_code = 'waiting', error_key = NULL, error_text = EXCLUDED.error_text, next_at = NULL,
               updated_at = clock_timestamp()
        RETURNING s.record_key
    ),
    settling AS (
        UPDATE push_state s
           SET status = j.becomes, error_code = CASE WHEN v.differs THEN 'differs' END, error_key = NULL, next_at = NULL, attempts = 0,
               error_text = CASE WHEN v.differs THEN c_differs WHEN j.becomes = 'gone' AND p_settings ->> 'mode' = 'once' AND s.sent IS NOT NULL
                                 THEN 'The row is cancelled or left the view; the document stays in Zoho as it is' END, other_zoho_id = NULL, updated_at = clock_timestamp(),
               sent = CASE WHEN j.becomes = 'gone' AND p_settings ->> 'absent' IN ('deactivate', 'delete') THEN NULL -- another row has the record now
                           WHEN j.becomes = 'ok' THEN coalesce(s.sent, j.body) ELSE s.sent END,
               external_key = CASE WHEN j.becomes = 'ok' AND s.sent IS NULL THEN j.external_key ELSE s.external_key END
          FROM judged j CROSS JOIN LATERAL (SELECT p_settings ->> 'mode' = 'once' AND j.becomes = 'ok' AND j.sent IS NOT NULL AND j.changed AS differs) v
         WHERE j.becomes IS NOT NULL AND s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key
    ),
    remapped AS ( -- an edited mapping makes the same bodies: from now on, a key that vanishes is no edit of the mapping
        UPDATE push_state s SET sent_mapping = p_settings ->> 'mapping'
          FROM judged j WHERE j.remapped AND j.becomes IS NULL AND s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key
    ),
    differing AS (
        UPDATE push_state s
           SET error_code = 'differs', error_text = c_differs, updated_at = clock_timestamp()
          FROM judged j
         WHERE p_settings ->> 'mode' = 'once' AND j.sent IS NOT NULL AND j.changed AND NOT j.gone AND j.status = 'ok' AND coalesce(j.error_code, '') NOT IN ('differs', 'total')
           AND s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key
    ),
    agreeing AS (
        UPDATE push_state s SET error_code = NULL, error_text = NULL, updated_at = clock_timestamp()
          FROM judged j
         WHERE p_settings ->> 'mode' = 'once' AND NOT j.changed AND NOT j.gone AND j.status = 'ok' AND j.error_code = 'differs'
           AND s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key
    ),
    holding AS (
        UPDATE push_state s
           SET status = 'held', trying = c.body, run_id = p_run, error_code = CASE WHEN c.restless IS NULL THEN 'held' ELSE 'restless' END, error_key = NULL,
               error_text = coalesce(c.restless, b.reason), next_at = NULL, updated_at = clock_timestamp(),
               attempt = jsonb_build_object('op', c.op, 'active', c.active, 'gone', c.retires, 'mapping', p_settings ->> 'mapping') || push_kept(s)
                         || CASE WHEN p_request ? 'revert' THEN jsonb_build_object('reverts', p_request -> 'revert') ELSE '{}' END
          FROM changes c CROSS JOIN brake b
         WHERE (b.reason IS NOT NULL OR c.restless IS NOT NULL)
           AND s.org_id = p_org AND s.target = p_target AND s.record_key = c.record_key
        RETURNING s.record_key, s.error_text, push_changes(c.sent, c.body) AS changes
    ),
    taken_over AS ( -- a later held run replaces an earlier one, unless the earlier one reverts a run
        UPDATE push_state s SET run_id = p_run, updated_at = clock_timestamp()
          FROM brake b
         WHERE b.reason IS NOT NULL AND s.org_id = p_org AND s.target = p_target AND s.status = 'held' AND s.error_code = 'held'
           AND NOT p_request ? 'revert' AND NOT coalesce(s.attempt ? 'reverts', false) AND s.record_key NOT IN (SELECT h.record_key FROM holding h)
    ),
    logged AS (
        INSERT INTO push_log (org_id, target, record_key, run_id, action, outcome, changes, error_code, error_text)
        SELECT p_org, p_target, record_key, p_run, 'refuse', 'refused', NULL, 'refused', error_text FROM refusing
        UNION ALL
        SELECT p_org, p_target, record_key, p_run, 'hold', 'held', changes, 'held', error_text FROM holding
    ),
    counted AS (
        SELECT count(*) FILTER (WHERE j.rank IS NOT NULL AND r.record_key IS NULL) AS candidates,
               count(*) FILTER (WHERE j.refusal IS NOT NULL) AS refused,
               count(*) FILTER (WHERE j.needs IS NOT NULL AND j.refusal IS NULL AND j.changed AND NOT j.gone) AS waits,
               count(*) FILTER (WHERE NOT j.gone AND j.refusal IS NULL AND NOT j.changed AND NOT j.status_differs) AS unchanged
          FROM judged j LEFT JOIN restless r USING (record_key)
    ),
    noted AS (
        UPDATE sync_runs r
           SET seen = cardinality(v_rows), unchanged = CASE WHEN r.pages = 0 THEN c.unchanged ELSE r.unchanged END, -- what the run sent before a wait is unchanged now
               rejected = c.refused, waiting = c.waits, held = (SELECT count(*) FROM holding)
          FROM counted c WHERE r.id = p_run
    )
    SELECT c.candidates, c.refused, c.waits, b.reason FROM counted c CROSS JOIN brake b;
END
$$;

-- Whether a run would send or store anything.
CREATE OR REPLACE FUNCTION push_is_due(p_org text, p_target text, p_settings jsonb, p_sql text) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT EXISTS (SELECT FROM push_selection(p_org, p_target, p_settings, '{"changed": true}') n(request)
                    CROSS JOIN LATERAL (SELECT ARRAY(SELECT r FROM push_rows(p_org, p_target, p_settings ->> 'view', n.request, p_sql) r) AS of_run) v
                    CROSS JOIN LATERAL push_judged(p_org, p_target, p_settings, n.request, v.of_run,
                                                   ARRAY(SELECT h FROM push_heirs(p_org, p_target, p_settings, n.request, v.of_run, p_sql) h)) j
                    WHERE j.rank IS NOT NULL OR j.becomes IS NOT NULL OR j.remapped
                       OR NOT j.claimed AND j.status IS DISTINCT FROM 'unknown'
                          AND (j.refusal IS NOT NULL AND (j.status, j.error_text) IS DISTINCT FROM ('refused', j.refusal)
                               OR j.needs IS NOT NULL AND j.refusal IS NULL AND NOT j.gone AND j.changed
                                  AND (j.status, j.error_text) IS DISTINCT FROM ('waiting', 'waits for ' || j.needs)))
$$;

-- Whether a run that a timer starts would try, or end, a record whose outcome is unknown.
CREATE OR REPLACE FUNCTION push_finds_out(p_org text, p_target text, p_settings jsonb, p_sql text) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT EXISTS (SELECT FROM (SELECT jsonb_build_object('changed', true, 'keys', coalesce(jsonb_agg(s.record_key), '[]')) AS request
                                  FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.status = 'unknown') n
                    CROSS JOIN LATERAL (SELECT ARRAY(SELECT r FROM push_rows(p_org, p_target, p_settings ->> 'view', n.request, p_sql) r) AS of_run) v
                    CROSS JOIN LATERAL push_judged(p_org, p_target, p_settings, n.request, v.of_run,
                                                   ARRAY(SELECT h FROM push_heirs(p_org, p_target, p_settings, n.request, v.of_run, p_sql) h)) j
                    WHERE j.rank IS NOT NULL OR j.becomes IS NOT NULL)
$$;

-- The next rows to send, as batches of one sort of call each, in the order in which they are due. Rows that are due again and new rows alternate, so that
-- both make progress. There are at most as many rows as 50 calls can send, so that the view is read anew after about half a minute. In one run each record
-- is tried once, or three times if its outcome stays unknown.
CREATE OR REPLACE FUNCTION push_next(p_run bigint, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_sql text)
    RETURNS TABLE (op text, rows jsonb)
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN QUERY
    WITH judged AS MATERIALIZED (
        SELECT j.*
          FROM push_selection(p_org, p_target, p_settings, p_request) n(request)
         CROSS JOIN LATERAL (SELECT ARRAY(SELECT r FROM push_rows(p_org, p_target, p_settings ->> 'view', n.request, p_sql) r) AS of_run) v
         CROSS JOIN LATERAL push_judged(p_org, p_target, p_settings, n.request, v.of_run,
                                        ARRAY(SELECT h FROM push_heirs(p_org, p_target, p_settings, n.request, v.of_run, p_sql) h)) j
         WHERE j.rank IS NOT NULL
    ),
    brake AS MATERIALIZED ( -- the run was examined before: if it would be held now, the view has changed since. The next run holds these changes
        SELECT p_run IS NOT NULL AND NOT p_request ? 'release'
               AND push_brake(count(*), count(*) FILTER (WHERE push_empties(j.sent, j.body, p_settings)),
                              count(*) FILTER (WHERE push_deactivates(j.op, j.gone, j.sent, j.body, j.status_differs, j.active, p_settings)),
                              (SELECT count(*) FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.sent IS NOT NULL AND s.status <> 'gone'),
                              p_settings) IS NOT NULL AS holds
          FROM judged j WHERE j.sent IS NOT NULL AND (j.rank IN (4, 5) OR j.rank = 6 AND (j.changed OR p_request ? 'repair'))
    ),
    tried AS (
        SELECT l.record_key, count(*) FILTER (WHERE l.action <> 'find') AS times, count(*) FILTER (WHERE l.action = 'find') AS finds,
               coalesce(bool_or(l.run_id = p_run AND l.action <> 'find'), false) AS here FROM push_log l
         WHERE l.run_id IN (SELECT run_parts(p_run)) AND l.org_id = p_org AND l.target = p_target AND l.action NOT IN ('refuse', 'hold')
           AND l.outcome IS DISTINCT FROM 'unsent' -- a run that waited for a limit sends these records now
         GROUP BY l.record_key
    ),
    due AS (
        SELECT j.*, row_number() OVER (PARTITION BY j.rank <= 2 ORDER BY j.rank, j.tried_at NULLS FIRST, j.record_key) AS turn,
               -- what Zoho answers with a server error again and again comes last, and alone
               j.rank = 1 AND coalesce((SELECT s.attempts >= 3 FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key), false) AS stubborn
          FROM judged j
         CROSS JOIN brake b
          LEFT JOIN tried t USING (record_key)
         WHERE NOT (b.holds AND j.sent IS NOT NULL AND j.rank >= 4)
           AND NOT (j.status = 'held' AND j.error_code = 'restless' -- of this run: an earlier one held it for an hour that may be over
                    AND EXISTS (SELECT FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.record_key = j.record_key AND s.run_id = p_run))
           AND NOT coalesce(t.finds > 0 AND j.status = 'failed' AND j.error_code IN ('not found', 'several'), false) -- this run looked it up: a person decides, even where all are forced
           AND CASE WHEN j.op = 'find' THEN coalesce(t.finds, 0) < 3
                    ELSE coalesce(t.times, 0) = 0 OR j.rank = 1 AND t.times < 3 OR NOT t.here AND j.rank < 6 END
           AND (p_run IS NULL OR EXISTS (SELECT FROM sync_runs r WHERE r.id = p_run AND r.status = 'running')) -- a run that was cancelled has nothing left
    ),
    chosen AS (
        SELECT d.*, row_number() OVER (ORDER BY d.stubborn, d.turn, d.rank, d.record_key) AS place FROM due d
         ORDER BY d.stubborn, d.turn, d.rank, d.record_key
         LIMIT least(greatest(200, least(5000, 50 * CAST(p_settings ->> 'batch' AS integer))), CASE WHEN p_request ? 'limit' THEN greatest(0, CAST(p_request ->> 'limit' AS integer) - (SELECT count(*) FROM tried WHERE times > 0)) END)
    ),
    sized AS ( -- the application holds the rows in memory: no more than 4 MB, or one row
        SELECT c.*, sum(octet_length(CAST(c.body AS text))) OVER (ORDER BY c.place) AS bytes FROM chosen c
    ),
    batched AS (
        SELECT c.*, (row_number() OVER (PARTITION BY c.op, c.stubborn ORDER BY c.place) - 1)
                    / CASE WHEN c.op IN ('create', 'update', 'delete') AND NOT c.stubborn THEN CAST(p_settings ->> 'batch' AS integer) ELSE 1 END AS batch
          FROM sized c WHERE c.bytes <= 4000000 OR c.place = 1
    )
    SELECT b.op, jsonb_agg(jsonb_build_object('recordKey', b.record_key, 'externalKey', b.external_key, 'body', b.body, 'active', b.active, 'total', b.total, 'gone', b.retires,
                                                  'triedAt', b.tried_at, 'zohoId', b.zoho_id)
                           ORDER BY b.place)
      FROM batched b GROUP BY b.op, b.stubborn, b.batch ORDER BY min(b.place);
END
$$;
