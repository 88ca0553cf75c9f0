-- Push: the reports of plans and verifications. p_settings is the declaration of the target as JSON, see target.schema.json; p_request is sync_runs.request.

-- Writes the report of a plan, ties rows to the records that were found by their keys, holds the rows in conflict, and notes that the target has a plan. A
-- plan for some rows only (by keys, columns or status) or for a revert does not count as the plan of the target.
CREATE OR REPLACE FUNCTION push_plan_report(p_run bigint, p_epoch integer, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_most integer) RETURNS boolean
    LANGUAGE plpgsql AS
$$
DECLARE
    v_way text;
BEGIN
    SELECT r.cursor ->> 'way' INTO v_way FROM sync_runs r WHERE r.id = p_run AND r.epoch = p_epoch AND r.status = 'running' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM sync_reports WHERE run_id = p_run;
    WITH read AS MATERIALIZED (
        SELECT r.*, s.status, s.sent, s.trying, s.sent_at, s.zoho_modified_at, s.error_code, s.error_text,
               CAST(r.judged ->> 'rank' AS integer) AS rank, CAST(r.judged ->> 'gone' AS boolean) AS gone, r.judged ->> 'op' AS op, r.judged ->> 'refusal' AS refusal,
               r.judged ->> 'needs' AS needs, CAST(r.judged ->> 'active' AS boolean) AS active,
               CAST(r.judged ->> 'changed' AS boolean) AS changed, CAST(r.judged ->> 'status_differs' AS boolean) AS status_differs,
               coalesce(r.tied_to, r.found_id) AS zoho_id, count(*) OVER (PARTITION BY r.found_id) AS rows_of_record,
               (SELECT min(o.record_key) FROM push_state o WHERE o.org_id = p_org AND o.target = p_target AND o.zoho_id = r.found_id AND o.record_key <> r.record_key AND o.status <> 'gone') AS other_row
          FROM push_read(p_run, p_settings) r
          LEFT JOIN push_state s ON s.org_id = p_org AND s.target = p_target AND s.record_key = r.record_key
    ),
    conflicting AS (
        SELECT r.*,
               CASE WHEN r.refusal IS NOT NULL OR r.gone OR CAST(p_request ->> 'force' AS boolean) THEN NULL
                    WHEN r.found_id IS NULL AND cardinality(r.others) > 1
                    THEN format('Zoho has %s records with the key %s: %s', cardinality(r.others), r.external_key, array_to_string(r.others, ', '))
                    WHEN r.found_id IS NULL AND cardinality(r.others) = 1
                    THEN format('Zoho has the key %s in other letters, as record %s', r.external_key, r.others[1])
                    WHEN r.found_id IS NOT NULL AND r.tied_to <> r.found_id
                    THEN format('The row is tied to record %s, and Zoho has its key at record %s', r.tied_to, r.found_id)
                    WHEN r.found_id IS NOT NULL AND r.other_row IS NOT NULL THEN format('Record %s is that of the row %s', r.found_id, r.other_row)
                    WHEN r.found_id IS NOT NULL AND r.rows_of_record > 1 THEN format('%s rows are matched by record %s', r.rows_of_record, r.found_id)
                    WHEN r.sent IS NOT NULL AND r.changed AND push_modified_at(r.record) > coalesce(r.zoho_modified_at, r.sent_at)
                         AND push_drift(r.sent, r.record, p_settings) IS NOT NULL
                    THEN format('Changed in Zoho by %s, %s, after it was sent: %s', coalesce(r.record #>> '{Modified_By,name}', r.record #>> '{Modified_By,id}', 'somebody'),
                                push_modified_at(r.record), (SELECT string_agg(k, ', ' ORDER BY k) FROM jsonb_object_keys(push_drift(r.sent, r.record, p_settings)) k))
               END AS conflict,
               CASE WHEN r.gone THEN CASE WHEN r.op = 'delete' THEN NULL ELSE coalesce(push_changes(r.sent, r.body), '{"active": {"before": true, "after": false}}') END
                    WHEN r.record IS NOT NULL THEN push_drift(r.body, r.record, p_settings)
                    WHEN r.sent IS NOT NULL THEN push_changes(push_compared(r.sent, p_settings), push_compared(r.body, p_settings))
                    ELSE push_changes(NULL, r.body) END AS body_changes
          FROM read r
    ),
    judged AS MATERIALIZED (
        SELECT c.*,
               NULLIF(coalesce(c.body_changes, '{}') || CASE WHEN NOT c.gone AND c.active <> CASE WHEN c.record ->> 'status' IN ('active', 'inactive') THEN c.record ->> 'status' = 'active'
                                                                                              WHEN c.status_differs THEN NOT c.active ELSE c.active END
                                                             THEN jsonb_build_object('active', jsonb_build_object('before', NOT c.active, 'after', c.active)) ELSE '{}' END, '{}') AS changes,
               CASE WHEN c.op = 'create' AND c.zoho_id IS NOT NULL AND p_settings ? 'update' THEN 'update' ELSE c.op END AS sends_op,
               c.rank IS NOT NULL AND c.conflict IS NULL AS sends
          FROM conflicting c
    ),
    named AS MATERIALIZED (
        SELECT j.*,
               CASE WHEN j.refusal IS NOT NULL THEN 'refused'
                    WHEN j.conflict IS NOT NULL THEN 'conflict'
                    WHEN j.gone THEN CASE WHEN j.op = 'delete' THEN 'deleted' ELSE 'updated' END
                    WHEN j.needs IS NOT NULL AND j.changed THEN 'waiting'
                    WHEN j.record IS NULL AND j.sent IS NULL AND j.zoho_id IS NULL THEN 'created'
                    WHEN j.changes IS NULL OR j.rank IS NULL AND NOT j.changed AND NOT j.status_differs THEN 'unchanged'
                    ELSE 'updated' END AS what,
               CASE WHEN j.refusal IS NOT NULL THEN j.refusal
                    WHEN j.conflict IS NOT NULL THEN j.conflict
                    WHEN j.needs IS NOT NULL AND j.changed THEN 'waits for ' || j.needs
                    WHEN v_way NOT IN ('table', 'nothing') AND j.zoho_id IS NOT NULL AND j.record IS NULL AND NOT j.gone
                    THEN format('Zoho has no record with the key %s; the row is tied to record %s', j.external_key, j.zoho_id)
                    WHEN j.status IN ('failed', 'held') THEN j.status || ': ' || j.error_text END AS reason
          FROM judged j
    ),
    reported AS (
        INSERT INTO sync_reports (run_id, record_key, zoho_id, what, changes, error)
        SELECT p_run, n.record_key, CASE WHEN row_number() OVER (PARTITION BY n.zoho_id ORDER BY n.record_key) = 1 THEN n.zoho_id END, n.what,
               CASE WHEN n.what NOT IN ('refused', 'deleted') THEN n.changes END, n.reason
          FROM named n
         ORDER BY array_position(ARRAY['conflict', 'refused', 'deleted', 'updated', 'created', 'waiting', 'unchanged'], n.what), n.record_key
         LIMIT p_most
    ),
    tied AS (
        INSERT INTO push_state AS s (org_id, target, record_key, external_key, zoho_id, zoho_modified_at, status, attempt, active, error_code, error_text)
        SELECT p_org, p_target, n.record_key, n.external_key, CASE WHEN n.conflict IS NULL THEN n.found_id END,
               CASE WHEN n.conflict IS NULL THEN push_modified_at(n.record) END,
               CASE WHEN n.conflict IS NULL THEN 'waiting' ELSE 'held' END,
               -- our keys as Zoho has them, so that the first run can be reverted
               CASE WHEN n.conflict IS NULL AND n.record IS NOT NULL AND n.sent IS NULL
                    THEN jsonb_build_object('found', n.body || coalesce((SELECT jsonb_object_agg(k.key, coalesce(k.value -> 'before', 'null')) FROM jsonb_each(n.body_changes) k), '{}')) END,
               CASE WHEN p_settings ? 'activate' AND n.record ->> 'status' IN ('active', 'inactive') THEN n.record ->> 'status' = 'active' END,
               CASE WHEN n.conflict IS NOT NULL THEN 'conflict' END, coalesce(n.conflict, 'found in Zoho by its key; not written yet')
          FROM named n WHERE n.conflict IS NOT NULL OR n.found_id IS NOT NULL AND (n.tied_to IS NULL OR n.error_code = 'conflict') OR n.error_code = 'conflict'
         ORDER BY n.record_key
            ON CONFLICT (org_id, target, record_key) DO UPDATE
           SET zoho_id = coalesce(s.zoho_id, EXCLUDED.zoho_id), zoho_modified_at = CASE WHEN s.zoho_id IS NULL THEN EXCLUDED.zoho_modified_at ELSE s.zoho_modified_at END, active = CASE WHEN s.zoho_id IS NULL THEN coalesce(EXCLUDED.active, s.active) ELSE s.active END,
               attempt = CASE WHEN s.zoho_id IS NULL AND EXCLUDED.attempt IS NOT NULL THEN coalesce(s.attempt, '{}') || EXCLUDED.attempt ELSE s.attempt END,
               status = CASE WHEN EXCLUDED.error_code = 'conflict' THEN 'held' WHEN s.error_code = 'conflict' THEN CASE WHEN s.sent IS NULL THEN 'waiting' ELSE 'ok' END ELSE s.status END,
               error_code = CASE WHEN EXCLUDED.error_code = 'conflict' OR s.error_code = 'conflict' THEN EXCLUDED.error_code ELSE s.error_code END,
               error_text = CASE WHEN EXCLUDED.error_code = 'conflict' THEN EXCLUDED.error_text WHEN s.error_code = 'conflict' THEN NULL ELSE s.error_text END,
               next_at = CASE WHEN EXCLUDED.error_code = 'conflict' THEN NULL ELSE s.next_at END, updated_at = clock_timestamp()
         WHERE s.claimed_until IS NULL OR s.claimed_until <= clock_timestamp()
    ),
    planned AS (
        INSERT INTO push_targets AS t (org_id, target, state, mapping, planned_run)
        SELECT p_org, p_target, 'planned', p_settings ->> 'mapping', p_run WHERE NOT p_request ?| ARRAY['keys', 'columns', 'status', 'revert']
            ON CONFLICT (org_id, target) DO UPDATE
           SET state = CASE t.state WHEN 'on' THEN 'on' ELSE 'planned' END, mapping = EXCLUDED.mapping, planned_run = EXCLUDED.planned_run, updated_at = clock_timestamp()
    ),
    cost AS (
        SELECT coalesce(sum(c.calls), 0) AS calls, coalesce(sum(c.credits), 0) AS credits, coalesce(jsonb_agg(jsonb_build_object('op', c.op, 'records', c.records, 'calls', c.calls) ORDER BY c.op), '[]') AS by_op
          FROM (SELECT k.op, count(*) AS records, ceil(count(*) / CAST(k.batch AS numeric)) AS calls,
                       CASE WHEN coalesce(p_settings #>> '{create,request}', p_settings #>> '{update,request}') LIKE '% /crm/%'
                            THEN floor(count(*) / k.batch) * ceil(k.batch / 10.0) + ceil((count(*) % k.batch) / 10.0) END AS credits
                  FROM (SELECT o.op, CASE WHEN o.op IN ('create', 'update', 'delete') THEN CAST(p_settings ->> 'batch' AS integer) ELSE 1 END AS batch
                          FROM named n
                         CROSS JOIN LATERAL (SELECT n.sends_op AS op
                                             UNION ALL
                                             SELECT CASE WHEN n.active THEN 'activate' ELSE 'deactivate' END
                                              WHERE p_settings ? 'activate' AND n.sends_op IN ('create', 'update')
                                                AND (n.sends_op = 'create' AND NOT n.active OR n.sends_op = 'update' AND n.changes ? 'active')) o
                         WHERE n.sends) k
                 GROUP BY k.op, k.batch) c
    ),
    effects AS (
        SELECT n.record_key, push_restless_because(p_org, p_target, n.record_key, n.sent, n.body) IS NOT NULL AND n.rank = 4 AND n.op = 'update' AS restless,
               push_empties(n.sent, n.body, p_settings) AS empties, push_deactivates(n.op, n.gone, n.sent, n.body, n.status_differs, n.active, p_settings) AS deactivates
          FROM named n
         WHERE n.sends AND n.sent IS NOT NULL AND (n.rank IN (4, 5) OR n.rank = 6 AND n.changed)
    ),
    brake AS MATERIALIZED ( -- as push_examine counts
        SELECT f.*, CASE WHEN f.changed > 0 THEN push_brake(f.changed + f.held_before, f.emptied, f.deactivated, f.confirmed, p_settings) END AS reason
          FROM (SELECT count(*) FILTER (WHERE NOT e.restless) AS changed, count(*) FILTER (WHERE e.empties) AS emptied,
                       count(*) FILTER (WHERE e.deactivates) + h.retiring AS deactivated, count(*) FILTER (WHERE e.restless) AS restless, h.before AS held_before,
                       (SELECT count(*) FROM push_state s WHERE s.org_id = p_org AND s.target = p_target AND s.sent IS NOT NULL AND s.status <> 'gone') AS confirmed
                  FROM (SELECT count(*) AS before, count(*) FILTER (WHERE n.gone) AS retiring
                          FROM named n WHERE n.status = 'held' AND n.error_code = 'held' AND n.rank IS NULL AND n.body = n.trying) h
                  LEFT JOIN effects e ON true
                 GROUP BY h.before, h.retiring) f
    ),
    counts AS (
        SELECT count(*) AS seen, count(*) FILTER (WHERE what = 'created') AS created, count(*) FILTER (WHERE what = 'updated') AS updated,
               count(*) FILTER (WHERE what = 'unchanged') AS unchanged, count(*) FILTER (WHERE what = 'deleted') AS deleted,
               count(*) FILTER (WHERE what = 'refused') AS refused, count(*) FILTER (WHERE what = 'waiting') AS waiting,
               count(*) FILTER (WHERE what = 'conflict') AS conflict, count(*) FILTER (WHERE what = 'unchanged' AND sends) AS confirmed,
               count(*) FILTER (WHERE what = 'unchanged' AND NOT sends AND changes IS NOT NULL) AS drifted
          FROM named
    )
    UPDATE sync_runs r
       SET seen = c.seen, created = c.created, updated = c.updated, unchanged = c.unchanged, deleted = c.deleted, rejected = c.refused, waiting = c.waiting,
           found = jsonb_build_object('created', c.created, 'updated', c.updated, 'unchanged', c.unchanged, 'deleted', c.deleted, 'refused', c.refused, 'waiting', c.waiting,
                                      'conflict', c.conflict, 'records', c.seen, 'beforeValues', CASE v_way WHEN 'nothing' THEN 'unknown' WHEN 'table' THEN 'copy' ELSE 'Zoho' END,
                                      'cost', jsonb_build_object('calls', k.calls, 'credits', k.credits, 'byOperation', k.by_op)
                                              || CASE WHEN p_settings #>> '{create,request}' LIKE '% /meta/%' THEN jsonb_build_object('api', 'meta') ELSE '{}' END,
                                      'brake', jsonb_build_object('held', b.reason IS NOT NULL, 'because', b.reason, 'changed', b.changed + b.held_before, 'emptied', b.emptied,
                                                                  'deactivated', b.deactivated, 'confirmed', b.confirmed, 'restless', b.restless)),
           summary = concat_ws('; ',
               format('%s would be created, %s updated, %s are unchanged in Zoho, %s refused, %s wait, %s conflict', c.created, c.updated, c.unchanged, c.refused, c.waiting, c.conflict),
               CASE WHEN c.deleted > 0 THEN format('%s would be deleted', c.deleted) END,
               'a run would be held until a person releases it: ' || b.reason,
               CASE WHEN b.restless > 0 THEN format('%s would be held because they were pushed 5 times within an hour and still change', b.restless) END,
               CASE WHEN c.confirmed > 0 THEN format('%s of the unchanged are sent once, so that Zoho confirms them', c.confirmed) END,
               CASE WHEN c.drifted > 0 THEN format('%s of the unchanged differ in Zoho and are not sent; POST %s says by whom', c.drifted,
                                                   push_address(p_org, '/api/verify/' || p_target)) END,
               CASE WHEN v_way = 'nothing' THEN 'the target declares no look-up, so the values before are those that Zoho last confirmed, or unknown' END,
               (SELECT coalesce(t.check_error, t.check_note) FROM push_targets t WHERE t.org_id = p_org AND t.target = p_target))
      FROM counts c CROSS JOIN cost k CROSS JOIN brake b
     WHERE r.id = p_run;
    DELETE FROM push_reads WHERE run_id = p_run;
    RETURN true;
END
$$;

-- Writes the report of a verification: confirmed records that differ in Zoho or no longer exist there. The rows keep their status. A run that repairs
-- goes on as a push of the differing records: its request names them, and its cursor says that they are verified.
-- Rows that are held, or in conflict, are not repaired: the bodies of the view wait for a person. Returns how many records differ, of a repair without those;
-- null: another process has taken the run over.
CREATE OR REPLACE FUNCTION push_verify_report(p_run bigint, p_epoch integer, p_org text, p_target text, p_settings jsonb, p_most integer) RETURNS bigint
    LANGUAGE plpgsql AS
$$
DECLARE
    v_run     sync_runs%ROWTYPE;
    v_differ  bigint;
    v_keys    jsonb;
    v_waiting bigint;
    v_missing bigint;
    v_all     bigint;
    v_unread  bigint;
BEGIN
    SELECT * INTO v_run FROM sync_runs r WHERE r.id = p_run AND r.epoch = p_epoch AND r.status = 'running' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    DELETE FROM sync_reports WHERE run_id = p_run;
    WITH compared AS MATERIALIZED (
        SELECT r.record_key, coalesce(r.tied_to, r.found_id) AS zoho_id, r.record, c.active, s.status = 'held' OR s.error_code = 'conflict' AS waits_for_a_person, v_run.cursor ->> 'way' <> 'nothing' AS is_read,
               NULLIF(coalesce(push_drift(r.body, r.record, p_settings), '{}')
                      || CASE WHEN c.active <> coalesce(s.active, true) THEN jsonb_build_object('active', jsonb_build_object('before', c.active, 'after', NOT c.active)) ELSE '{}' END, '{}') AS drift,
               push_drift(r.body, r.record, p_settings) IS NOT NULL AS body_differs
          FROM push_read(p_run, p_settings) r
          JOIN push_state s ON s.org_id = p_org AND s.target = p_target AND s.record_key = r.record_key
         CROSS JOIN LATERAL (SELECT CASE WHEN p_settings ? 'activate' AND r.record ->> 'status' IN ('active', 'inactive') THEN r.record ->> 'status' = 'active' END AS active) c
    ),
    reported AS (
        INSERT INTO sync_reports (run_id, record_key, zoho_id, what, changes, error)
        SELECT p_run, c.record_key, CASE WHEN row_number() OVER (PARTITION BY c.zoho_id ORDER BY c.record_key) = 1 THEN c.zoho_id END,
               CASE WHEN c.record IS NULL THEN 'missing' ELSE 'differing' END, c.drift,
               CASE WHEN c.record IS NULL
                    THEN format('Zoho has no such record. POST %s unties the row, and the next run creates the record again',
                                push_record_address(p_org, p_target, c.record_key, '/forget'))
                    ELSE concat_ws(', ', 'changed in Zoho' || coalesce(' by ' || coalesce(c.record #>> '{Modified_By,name}', c.record #>> '{Modified_By,id}'), ''),
                                   coalesce(c.record ->> 'Modified_Time', c.record ->> 'last_modified_time', c.record ->> 'updated_time')) END
          FROM compared c
         WHERE c.is_read AND (c.record IS NULL OR c.drift IS NOT NULL)
         ORDER BY c.record IS NULL, c.record_key LIMIT p_most
    ),
    repairing AS ( -- stores whether Zoho has the record active, so that the repair changes that, and sends the body first if that differs too; and the time of the record, so that
                   -- If-Unmodified-Since lets the repair write
        UPDATE push_state s
           SET active = CASE WHEN c.active <> coalesce(s.active, true) THEN c.active ELSE s.active END,
               attempt = CASE WHEN c.body_differs AND c.active <> coalesce(s.active, true) THEN coalesce(s.attempt, '{}') || '{"bodyInDoubt": true}' ELSE s.attempt END,
               zoho_modified_at = coalesce(push_modified_at(c.record), s.zoho_modified_at), updated_at = clock_timestamp()
          FROM compared c
         WHERE NOT v_run.dry_run AND c.drift IS NOT NULL AND NOT coalesce(c.waits_for_a_person, false) AND s.org_id = p_org AND s.target = p_target AND s.record_key = c.record_key
    )
    SELECT count(*) FILTER (WHERE c.drift IS NOT NULL), coalesce(jsonb_agg(c.record_key ORDER BY c.record_key) FILTER (WHERE c.drift IS NOT NULL AND NOT coalesce(c.waits_for_a_person, false)), '[]'),
           count(*) FILTER (WHERE c.drift IS NOT NULL AND c.waits_for_a_person),
           count(*) FILTER (WHERE c.is_read AND c.record IS NULL), count(*), count(*) FILTER (WHERE NOT c.is_read)
      INTO v_differ, v_keys, v_waiting, v_missing, v_all, v_unread FROM compared c;
    UPDATE sync_runs r
       SET seen = v_all, unchanged = v_all - v_differ - v_missing - v_unread,
           found = jsonb_build_object('checked', v_all - v_unread, 'agreeing', v_all - v_differ - v_missing - v_unread, 'differing', v_differ, 'missing', v_missing,
                                      'records', v_differ + v_missing),
           summary = format('checked %s, differing %s, missing %s', v_all - v_unread, v_differ, v_missing)
                     || CASE WHEN v_unread > 0 THEN '; the target declares no look-up, so its records cannot be read' ELSE '' END
                     || CASE WHEN v_waiting > 0 AND NOT r.dry_run THEN format('; %s of the differing are held or in conflict, and are not written', v_waiting) ELSE '' END,
           request = CASE WHEN r.dry_run OR v_differ = v_waiting THEN r.request ELSE coalesce(r.request, '{}') || jsonb_build_object('keys', v_keys, 'force', true, 'repair', true,
                                     'whole', NOT coalesce(r.request ? 'keys', false)) END,
           cursor = CASE WHEN NOT r.dry_run AND v_differ > v_waiting THEN CAST('{"after": "verified"}' AS jsonb) END
     WHERE r.id = p_run;
    DELETE FROM push_reads WHERE run_id = p_run;
    RETURN v_differ - CASE WHEN v_run.dry_run THEN 0 ELSE v_waiting END;
END
$$;
