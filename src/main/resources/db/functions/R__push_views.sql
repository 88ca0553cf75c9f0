-- Views and functions that show pushes to people, the API and the gauges.

-- One row for each record of a target, with the status in words. Bodies are left out, because they may hold personal data. The address is put together here
-- instead of by push_address, because readers, who may not read organisations, run functions with their own rights.
CREATE OR REPLACE VIEW push_status AS
SELECT s.org_id, s.target, s.record_key, s.external_key, s.zoho_id, s.status,
       CASE s.status
            WHEN 'ok' THEN CASE WHEN s.error_text IS NULL THEN 'Zoho has this body' ELSE s.error_text END
            WHEN 'failed' THEN coalesce(s.error_text, s.error_code, 'failed')
                               || CASE WHEN s.next_at IS NULL THEN '. It is sent again when the row changes, or by POST /api/push/' || s.target || '/{key}'
                                                                  || coalesce((SELECT '?org=' || o.org_id FROM organisations o WHERE o.org_id = s.org_id AND NOT o.is_default), '')
                                       ELSE '. It is sent again at ' || to_char(s.next_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END
            WHEN 'refused' THEN 'not sent: ' || s.error_text
            WHEN 'waiting' THEN coalesce(s.error_text, 'not sent yet')
            WHEN 'unknown' THEN CASE WHEN s.attempt ? 'follows' THEN 'Zoho has this body; whether its status is set is not confirmed yet' ELSE 'Zoho may or may not have carried it out; this is found out before anything is created again' END || coalesce(': ' || s.error_text, '')
            WHEN 'held' THEN 'held for a person: ' || s.error_text
            WHEN 'accepted' THEN 'taken; the result comes later'
            WHEN 'gone' THEN 'no longer in the view' END AS meaning,
       s.error_code, s.error_key, s.error_text, s.other_zoho_id, s.attempts, s.next_at, s.sent_at, s.tried_at, s.run_id, s.call_id,
       s.rate_limit_hits, s.updated_at
  FROM push_state s;

-- One row for each target of an organisation. never, and part of oldest_due, are figures that the last run stored in push_targets. The statuses are counted by
-- the index push_state_by_status alone. now() in place of clock_timestamp() lets PostgreSQL find the attempts of a day by their index: with 100,000 records and
-- 1,000,000 attempts 0.2 s in place of 3 s.
CREATE OR REPLACE VIEW push_summary AS
SELECT t.org_id, t.target, t.state, t.mapping, t.planned_run, t.released_by, t.released_at, t.checked_at, t.check_error,
       n.ok, n.failed, n.refused, n.waiting, n.unknown, n.held, n.undecided, n.conflicts, n.accepted, n.gone, t.never,
       least(t.oldest_due, n.oldest_due) AS oldest_due,
       (SELECT min(coalesce(CAST(u.attempt ->> 'since' AS timestamptz), u.tried_at)) FROM push_state u
         WHERE u.org_id = t.org_id AND u.target = t.target AND u.status = 'unknown') AS oldest_unknown,
       coalesce(l.attempts_of_a_day, 0) AS attempts_of_a_day, coalesce(l.failed_of_a_day, 0) AS failed_of_a_day,
       round((l.attempts_of_a_day - l.failed_of_a_day) / CAST(NULLIF(l.attempts_of_a_day, 0) AS numeric), 4) AS success_share, n.matched
  FROM push_targets t
 CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE s.status = 'ok') AS ok, count(*) FILTER (WHERE s.status = 'failed') AS failed,
              count(*) FILTER (WHERE s.status = 'refused') AS refused, count(*) FILTER (WHERE s.status = 'waiting') AS waiting,
              count(*) FILTER (WHERE s.status = 'unknown') AS unknown, count(*) FILTER (WHERE s.status = 'held') AS held,
              count(*) FILTER (WHERE s.status = 'held' AND s.error_code IN ('held', 'restless')) AS undecided,
              count(*) FILTER (WHERE s.status = 'held' AND s.error_code = 'conflict') AS conflicts,
              count(*) FILTER (WHERE s.status = 'failed' AND s.error_code = 'matched') AS matched,
              count(*) FILTER (WHERE s.status = 'accepted') AS accepted, count(*) FILTER (WHERE s.status = 'gone') AS gone,
              min(CASE WHEN s.status = 'unknown' THEN s.tried_at WHEN s.next_at <= clock_timestamp() THEN s.next_at END) AS oldest_due
         FROM push_state s WHERE s.org_id = t.org_id AND s.target = t.target) n
  LEFT JOIN (
       SELECT g.org_id, g.target, count(*) AS attempts_of_a_day, count(*) FILTER (WHERE g.outcome <> 'ok') AS failed_of_a_day
         FROM push_log g
        WHERE g.at > now() - interval '24 hours'
          AND g.action IN ('create', 'update', 'activate', 'deactivate', 'delete') AND g.outcome IN ('ok', 'failed', 'unknown')
        GROUP BY g.org_id, g.target) l ON l.org_id = t.org_id AND l.target = t.target;

-- A record as the API shows it in a list.
CREATE OR REPLACE FUNCTION push_row_json(p_row push_state) RETURNS jsonb
    LANGUAGE sql STABLE AS
$$
    SELECT jsonb_build_object('recordKey', p_row.record_key, 'externalKey', p_row.external_key, 'zohoId', p_row.zoho_id, 'status', p_row.status,
                              'errorCode', p_row.error_code, 'errorKey', p_row.error_key, 'errorText', p_row.error_text, 'otherZohoId', p_row.other_zoho_id,
                              'attempts', p_row.attempts, 'nextAt', p_row.next_at, 'sentAt', p_row.sent_at, 'triedAt', p_row.tried_at)
$$;

-- The attempts of a record and the decisions about it, the newest first, with their calls. p_before: those that are older than the one with this id; null: all.
CREATE OR REPLACE FUNCTION push_history(p_org text, p_target text, p_key text, p_before bigint, p_limit integer) RETURNS TABLE (id bigint, attempt jsonb)
    LANGUAGE sql STABLE AS
$$
    SELECT l.id, jsonb_build_object('id', l.id, 'at', l.at, 'action', l.action, 'outcome', l.outcome, 'changes', l.changes, 'errorCode', l.error_code, 'errorText', l.error_text,
               'runId', l.run_id, 'call', CASE WHEN c.id IS NOT NULL THEN jsonb_build_object('id', c.id, 'method', c.method, 'path', c.path, 'at', c.at,
                                                                         'status', c.status, 'code', c.zoho_code, 'ms', c.ms) END)
      FROM (SELECT * FROM push_log g
             WHERE g.org_id = p_org AND g.target = p_target AND g.record_key = p_key AND g.id < coalesce(p_before, 9223372036854775807) ORDER BY g.id DESC LIMIT p_limit) l
      LEFT JOIN zoho_calls c ON c.id = l.call_id
     ORDER BY l.id DESC
$$;

-- Records with their body in the view now (body), the body that Zoho confirmed (sent), the body of the last attempt (trying), and the newest 50 attempts with
-- their calls (log). A key that is neither in the view nor in push_state has no row.
CREATE OR REPLACE FUNCTION push_records(p_org text, p_target text, p_sql text, p_keys text[]) RETURNS SETOF jsonb
    LANGUAGE sql STABLE AS
$$
    SELECT push_row_json(s) || CASE WHEN s.record_key IS NULL THEN jsonb_build_object('recordKey', k.key, 'externalKey', w.external_key, 'attempts', 0) ELSE '{}' END
           || jsonb_build_object('body', w.body, 'sent', s.sent, 'trying', s.trying, 'runId', s.run_id,
                'log', (SELECT coalesce(jsonb_agg(h.attempt ORDER BY h.id DESC), '[]') FROM push_history(p_org, p_target, k.key, NULL, 50) h))
      FROM unnest(p_keys) WITH ORDINALITY AS k(key, place)
      LEFT JOIN (SELECT DISTINCT ON (r.record_key) r.* FROM push_rows(p_org, p_target, NULL, jsonb_build_object('keys', to_jsonb(p_keys)), p_sql) r) w ON w.record_key = k.key
      LEFT JOIN push_state s ON s.org_id = p_org AND s.target = p_target AND s.record_key = k.key
     WHERE w.record_key IS NOT NULL OR s.record_key IS NOT NULL
     ORDER BY k.place
$$;
