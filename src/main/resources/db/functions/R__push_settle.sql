-- Push: reads the answer to a call, and stores the outcome of each record. p_settings is the declaration of the target as JSON, see target.schema.json.

-- The time at which a passing failure is tried again; null: it is not tried again and becomes a dead letter.
CREATE OR REPLACE FUNCTION push_next_try(p_attempts integer) RETURNS timestamptz
    LANGUAGE sql STABLE AS
$$
    SELECT clock_timestamp() + CASE WHEN p_attempts <= 1 THEN interval '5 minutes' WHEN p_attempts = 2 THEN interval '15 minutes'
                                    WHEN p_attempts = 3 THEN interval '1 hour' WHEN p_attempts = 4 THEN interval '4 hours'
                                    WHEN p_attempts < 12 THEN interval '24 hours' END
$$;

-- Begins the call that sets the status of a record whose body Zoho has just confirmed, under the same claim.
CREATE OR REPLACE FUNCTION push_follow(p_org text, p_target text, p_claim bigint, p_key text, p_op text) RETURNS void
    LANGUAGE sql AS
$$
    UPDATE push_state SET attempt = attempt || jsonb_build_object('op', p_op, 'follows', true)
     WHERE org_id = p_org AND target = p_target AND record_key = p_key AND claim = p_claim
$$;

-- Turns Zoho's answer into outcomes for push_settle. If the target declares answers: each, the answer has one result for each record, in the same order; if the
-- numbers differ, all records are unknown. Otherwise the answer is the record. p_answer null: there is no answer, and no outcome.
CREATE OR REPLACE FUNCTION push_results(p_keys text[], p_op text, p_answer jsonb, p_settings jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT coalesce(jsonb_agg(jsonb_build_object('key', k.key) || CASE
        WHEN p_op NOT IN ('create', 'update', 'delete') THEN '{"outcome": "ok"}'
        WHEN p_settings ->> 'answers' <> 'each'
        THEN CASE WHEN p_op = 'create' AND p_settings ? 'idPointer' AND p_answer #>> i.id IS NULL
                       AND (p_answer -> i.id[1] IS NULL OR p_settings #>> '{update,request}' LIKE '%{zohoId}%') -- an update by the external key needs no id
                  THEN '{"outcome": "unknown", "code": "no-id", "text": "Zoho''s answer names no id"}'
                  ELSE jsonb_build_object('outcome', 'ok', 'zohoId', p_answer #>> i.id, 'total', p_answer #>> i.total) END
        WHEN jsonb_array_length(a.list) <> cardinality(p_keys)
        THEN jsonb_build_object('outcome', 'unknown', 'text', format('Zoho answered with %s results for %s records', jsonb_array_length(a.list), cardinality(p_keys)))
        WHEN r ->> 'status' = 'success' AND NULLIF(r ->> 'duplicate_field', '') <> split_part(p_settings ->> 'uniqueField', '.', 2)
        THEN jsonb_build_object('outcome', 'failed', 'code', 'matched', 'errorKey', r ->> 'duplicate_field', 'otherId', r #>> i.id,
                                'text', format('Zoho matched it by %s, record %s', r ->> 'duplicate_field', r #>> i.id))
        WHEN r ->> 'status' = 'success' AND p_op = 'create' AND p_settings ? 'idPointer' AND r #>> i.id IS NULL
        THEN '{"outcome": "unknown", "code": "no-id", "text": "Zoho''s answer names no id"}'
        WHEN r ->> 'status' = 'success'
        THEN jsonb_build_object('outcome', 'ok', 'zohoId', r #>> i.id, 'modifiedAt', r #>> '{details,Modified_Time}', 'created', r ->> 'action' IS DISTINCT FROM 'update')
        WHEN p_op = 'delete' AND r ->> 'code' = 'INVALID_DATA' THEN '{"outcome": "ok"}' -- only the id is sent: Zoho has no such record any more
        WHEN r ->> 'code' = 'INTERNAL_ERROR' THEN jsonb_build_object('outcome', 'unknown', 'code', r ->> 'code', 'text', r ->> 'message')
        WHEN r ->> 'code' IS NULL THEN '{"outcome": "unknown", "text": "Zoho''s answer says neither that it took the record nor why not"}'
        ELSE jsonb_build_object('outcome', 'failed', 'code', r ->> 'code', 'errorKey', r #>> '{details,api_name}', 'text', r ->> 'message',
                                'otherId', CASE WHEN r ->> 'code' = 'DUPLICATE_DATA' THEN coalesce(r #>> '{details,duplicate_record,id}', r #>> '{details,id}') END,
                                'transient', r ->> 'code' IN ('RECORD_LOCKED', 'NOT_APPROVED', 'RECORD_IN_BLUEPRINT')) END), '[]')
      FROM (SELECT CASE jsonb_typeof(p_answer -> coalesce(p_settings ->> 'answerList', 'data')) WHEN 'array'
                        THEN p_answer -> coalesce(p_settings ->> 'answerList', 'data') ELSE '[]' END AS list) a
     CROSS JOIN (SELECT string_to_array(ltrim(p_settings ->> 'idPointer', '/'), '/') AS id, string_to_array(ltrim(p_settings ->> 'totalPointer', '/'), '/') AS total) i
     CROSS JOIN unnest(p_keys) WITH ORDINALITY AS k(key, place)
     CROSS JOIN LATERAL (SELECT a.list -> CAST(k.place - 1 AS integer) AS r) one
     WHERE p_answer IS NOT NULL
$$;

-- Stores the outcomes of records in one transaction: their state, the log, and the counts of the run. An outcome of an older claim changes nothing.
-- p_outcomes: [{key, outcome, zohoId, code, errorKey, text, otherId, modifiedAt, created, transient, limit, handle, record, total}]; outcome is
--   ok        Zoho confirmed it        failed   refused by Zoho, or (transient) a passing failure     unknown  it may have been carried out
--   unsent    surely not carried out   accepted the result comes later
--   found     a look-up found it, as record                       absent   a look-up did not find it; where look-ups lag, this counts a minute after the first one
--   changed   Zoho did not write over what changed since (If-Unmodified-Since). record: as Zoho has it now, null where that was not read. Where it is what was sent, an
--             earlier answer was lost, and Zoho has confirmed it
-- p_uncertain: an earlier attempt to send these records may have been carried out.
-- Out: the keys of records that are still to be activated or deactivated, with that operation. They stay claimed.
CREATE OR REPLACE FUNCTION push_settle(p_org text, p_target text, p_claim bigint, p_call bigint, p_settings jsonb, p_outcomes jsonb,
                                       p_uncertain boolean DEFAULT false)
    RETURNS TABLE (record_key text, op text)
    LANGUAGE sql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS -- by key: the planner expects more rows than a batch has
$$
    SELECT push_tie_own_rows(p_org, p_target, p_claim, p_outcomes) WHERE p_settings ->> 'ownRows' = 'products';
    WITH outcome AS MATERIALIZED ( -- with org and target, for joins by all of a key: by the parameters, a planner without statistics compares each record with each (1,000: 3.4 s, so 0.3 s)
        SELECT p_org AS org_id, p_target AS target, o.* FROM jsonb_to_recordset(p_outcomes) AS o(key text, outcome text, "zohoId" text, code text, "errorKey" text, text text, "otherId" text,
                                                          "modifiedAt" text, created boolean, transient boolean, "limit" boolean, handle text, record jsonb, total text)
    ),
    before AS (
        SELECT s.*, s.attempt ->> 'op' AS op, t.outcome, CASE WHEN t.outcome = o.outcome THEN o."zohoId" END AS new_id, t.code, o."errorKey" AS new_key, t.text,
               coalesce(o."otherId", CASE WHEN t.code = 'matched' THEN o."zohoId" END) AS new_other,
               CASE WHEN t.outcome IN ('ok', 'found') THEN coalesce(push_moment(o."modifiedAt"), push_modified_at(o.record)) END AS modified_at, o.created AS was_created, o.transient, o."limit" AS limited, o.handle AS new_handle,
               t.outcome = 'ok' OR t.outcome = 'found' AND (NOT p_settings ? 'update' OR push_drift(s.trying, o.record, p_settings) IS NULL) AS confirmed,
               o.outcome = 'absent' AND coalesce(CAST(p_settings #>> '{findOne,twice}' AS boolean), NOT p_settings ? 'findOne')
               AND NOT coalesce(CAST(s.attempt ->> 'absentAt' AS timestamptz) <= clock_timestamp() - interval '1 minute', false) AS not_yet,
               CASE WHEN abs(m.total - CAST(s.attempt ->> 'total' AS numeric)) > 0.01 THEN format('Zoho''s total is %s, ours is %s', m.total, s.attempt ->> 'total') END AS finding,
               CASE WHEN s.attempt ->> 'op' IN ('create', 'update') OR t.outcome = 'found' THEN true ELSE false END AS sends_body
          FROM push_state s JOIN outcome o ON o.org_id = s.org_id AND o.target = s.target AND o.key = s.record_key
         CROSS JOIN LATERAL (SELECT push_amount(coalesce(o.total, o.record ->> substring(p_settings ->> 'totalPointer' FROM '[^/]+$'))) AS total) m
         CROSS JOIN LATERAL (
               SELECT CASE WHEN o.outcome IN ('ok', 'found') AND o."zohoId" <> coalesce(s.zoho_id, '') -- whose record it is, if another row's
                           THEN coalesce((SELECT min(x.record_key) FROM push_state x
                                           WHERE x.org_id = p_org AND x.target = p_target AND x.zoho_id = o."zohoId" AND x.record_key <> s.record_key AND x.status <> 'gone'),
                                         (SELECT min(x.key) FROM outcome x WHERE x."zohoId" = o."zohoId" AND x.outcome = o.outcome AND x.key < o.key)) END AS row,
                      o.outcome = 'ok' AND s.attempt ->> 'op' = 'update' AND o."zohoId" <> s.zoho_id
                      AND (p_settings ? 'idKey' OR p_settings #>> '{update,request}' LIKE '%{zohoId}%') AS elsewhere,
                      o.outcome = 'unknown' AND o.code = 'no-id' AND s.attempts >= 5 AND CAST(p_settings ->> 'repeatable' AS boolean) AS no_end,
                      o.outcome = 'changed' AND o.record ?& ARRAY(SELECT jsonb_object_keys(push_compared(s.trying, p_settings)))
                      AND push_drift(s.trying, o.record, p_settings) IS NULL AS ours) w
         CROSS JOIN LATERAL (
               SELECT CASE WHEN w.elsewhere THEN 'unknown' WHEN w.row IS NOT NULL OR w.no_end THEN 'failed' WHEN w.ours THEN 'ok' WHEN o.outcome = 'changed' THEN 'failed'
                           ELSE o.outcome END AS outcome,
                      CASE WHEN NOT coalesce(w.elsewhere, false) AND w.row IS NOT NULL THEN 'matched' WHEN w.ours THEN NULL ELSE o.code END AS code,
                      CASE WHEN w.elsewhere THEN format('Zoho answered for record %s where record %s was sent', o."zohoId", s.zoho_id)
                           WHEN w.row IS NOT NULL THEN format('Zoho matched it to record %s, which is that of the row %s', o."zohoId", w.row)
                           WHEN w.ours THEN NULL
                           WHEN o.outcome = 'changed'
                           THEN format('Changed in Zoho%s after it was sent, so no run writes over it (Zoho: %s). To write ours, adopt record %s again: the next run then sends the row. '
                                       || 'Otherwise the record stays as it is in Zoho',
                                       (SELECT ' by ' || concat_ws(', ', coalesce(o.record #>> '{Modified_By,name}', o.record #>> '{Modified_By,id}'), o.record ->> 'Modified_Time')
                                         WHERE o.record #> '{Modified_By}' IS NOT NULL), o.text, s.zoho_id)
                           WHEN w.no_end THEN format('%s, %s times. Find the record in Zoho, and adopt it', o.text, s.attempts) ELSE o.text END AS text) t
         WHERE s.claim = p_claim
         ORDER BY s.record_key FOR UPDATE OF s
    ),
    matched AS MATERIALIZED ( -- bodies that Zoho wrote over the record of another row
        SELECT b.record_key, b.new_other AS zoho_id, b.trying - push_keys(p_settings, 'immutable') AS body FROM before b WHERE b.code = 'matched' AND b.op <> 'find'
    ),
    judged AS (
        SELECT b.*, f.still, b.outcome = 'unsent' AND b.attempt ? 'follows' AS half, -- the body is confirmed, and only the status is still to be set
               b.outcome = 'unsent' AND NOT b.attempt ? 'follows' AND b.attempt ->> 'before' IS NOT NULL AS restored,
               b.outcome = 'failed' AND b.op IN ('create', 'update') AND b.sent IS NOT NULL AND (p_uncertain OR b.attempt ? 'since' OR b.attempt ? 'bodyInDoubt') AS body_in_doubt,
               b.confirmed AND coalesce(b.attempt ? 'taken', false) AND f.still IS NULL
                      AND (b.sends_body OR (b.op = 'activate' AND b.attempt ->> 'active' = 'true' OR b.op = 'deactivate' AND b.attempt ->> 'active' = 'false') AND b.trying <@ b.sent) AS taken_back,
               (SELECT jsonb_object_agg(e.key, e.value ORDER BY m.record_key) FROM matched m CROSS JOIN LATERAL jsonb_each(m.body) e
                 WHERE m.zoho_id = coalesce(b.new_id, b.zoho_id) AND m.record_key <> b.record_key) AS written_over
          FROM before b
         CROSS JOIN LATERAL (
               SELECT CASE WHEN p_settings ? 'activate' AND b.confirmed AND b.sends_body
                                AND (CAST(b.attempt ->> 'active' AS boolean) <> CASE WHEN b.op = 'create' THEN true ELSE coalesce(b.active, true) END
                                     OR b.op <> 'create' AND b.attempt ->> 'active' IS NOT NULL AND b.attempt ? 'statusInDoubt')
                           THEN CASE WHEN CAST(b.attempt ->> 'active' AS boolean) THEN 'activate' ELSE 'deactivate' END END AS still) f
    ),
    settled AS (
        UPDATE push_state s
           SET status = CASE WHEN j.still IS NOT NULL THEN 'unknown'
                             WHEN j.taken_back THEN 'held' -- the view still has the other body, which the next scheduled run would write again
                             WHEN j.confirmed THEN CASE WHEN CAST(j.attempt ->> 'gone' AS boolean) THEN 'gone' ELSE 'ok' END
                             WHEN j.not_yet OR j.half THEN 'unknown'
                             WHEN j.outcome IN ('found', 'absent') THEN 'waiting'
                             WHEN j.outcome = 'unsent' AND j.attempt ->> 'before' = 'accepted' THEN 'unknown' -- the result of that batch is no longer asked for
                             WHEN j.outcome = 'unsent' THEN coalesce(j.attempt ->> 'before', 'waiting')
                             ELSE j.outcome END,
               claimed_until = CASE WHEN j.still IS NOT NULL THEN s.claimed_until END,
               zoho_id = CASE WHEN j.confirmed AND j.op = 'delete' THEN NULL ELSE coalesce(j.new_id, s.zoho_id) END,
               external_key = CASE WHEN j.confirmed AND j.sends_body THEN coalesce(j.attempt ->> 'externalKey', s.external_key) ELSE s.external_key END,
               sent = CASE WHEN j.confirmed AND j.sends_body THEN s.trying || coalesce(j.written_over, '{}') WHEN j.confirmed AND j.op = 'delete' THEN NULL ELSE s.sent END,
               sent_at = CASE WHEN j.confirmed AND j.sends_body THEN clock_timestamp() ELSE s.sent_at END,
               sent_mapping = CASE WHEN j.confirmed AND j.sends_body THEN s.attempt ->> 'mapping' ELSE s.sent_mapping END,
               active = CASE WHEN NOT p_settings ? 'activate' OR NOT j.confirmed THEN s.active
                             WHEN j.op IN ('activate', 'deactivate') THEN j.op = 'activate'
                             WHEN j.op = 'create' THEN true ELSE s.active END,
               trying = CASE WHEN j.taken_back THEN j.attempt #> '{taken,body}'
                             WHEN j.outcome = 'absent' AND NOT j.not_yet OR j.outcome = 'found' AND NOT j.confirmed
                                  OR j.outcome = 'unsent' AND NOT j.half AND (coalesce(j.attempt ->> 'before', 'waiting') = 'waiting' -- what was not sent is no refused body
                                                                              OR j.attempt ->> 'before' = 'failed' AND NOT j.attempt ? 'reverts') THEN NULL
                             WHEN j.restored AND j.attempt ->> 'before' = 'held' THEN NULLIF(j.attempt -> 'heldTrying', 'null') ELSE s.trying END,
               run_id = CASE WHEN j.restored AND j.attempt ->> 'before' = 'held' THEN CAST(j.attempt ->> 'beforeRun' AS bigint) ELSE s.run_id END,
               call_id = coalesce(p_call, s.call_id),
               attempts = CASE WHEN j.confirmed THEN 0 WHEN j.outcome = 'unsent' THEN greatest(0, s.attempts - 1) ELSE s.attempts END,
               next_at = CASE WHEN j.outcome = 'failed' AND j.transient THEN push_next_try(s.attempts) WHEN j.outcome = 'unsent' THEN s.next_at END,
               error_code = CASE WHEN j.taken_back THEN 'reverted' WHEN j.restored THEN s.error_code ELSE coalesce(j.code, CASE WHEN j.finding IS NOT NULL THEN 'total' END) END,
               error_key = CASE WHEN j.restored THEN s.error_key ELSE j.new_key END,
               error_text = CASE WHEN j.taken_back
                                 THEN format('run %s took back what run %s wrote, and the row still has it; it is held until the row changes', s.run_id, j.attempt ->> 'reverts')
                                 WHEN j.restored THEN s.error_text ELSE coalesce(j.text, j.finding) END,
               other_zoho_id = CASE WHEN j.restored THEN s.other_zoho_id ELSE j.new_other END,
               rate_limit_hits = s.rate_limit_hits + CASE WHEN j.limited THEN 1 ELSE 0 END,
               last_rate_limit_at = CASE WHEN j.limited THEN clock_timestamp() ELSE s.last_rate_limit_at END,
               zoho_modified_at = coalesce(j.modified_at, CASE WHEN j.confirmed AND j.sends_body THEN clock_timestamp() END, s.zoho_modified_at), handle = coalesce(j.new_handle, s.handle),
               checked_at = CASE WHEN j.op = 'find' THEN clock_timestamp() ELSE s.checked_at END,
               attempt = CASE WHEN j.restored AND j.attempt ->> 'before' = 'held' THEN NULLIF(j.attempt -> 'heldAttempt', 'null')
                              WHEN j.restored AND j.attempt ->> 'before' = 'failed' THEN s.attempt || jsonb_build_object('externalKey', j.attempt -> 'failedKey')
                              WHEN j.confirmed AND j.op IN ('activate', 'deactivate') OR j.taken_back
                              THEN CASE WHEN j.taken_back THEN (s.attempt - ARRAY['reverts', 'taken']) || ((j.attempt -> 'taken') - 'body') ELSE s.attempt END
                                   - CASE j.op WHEN 'activate' THEN ARRAY['statusInDoubt', 'retired'] WHEN 'deactivate' THEN ARRAY['statusInDoubt'] ELSE '{}' END
                                   || CASE WHEN j.op = 'deactivate' AND CAST(j.attempt ->> 'gone' AS boolean) THEN jsonb_build_object('retired', true) ELSE '{}' END
                              WHEN j.not_yet AND NOT s.attempt ? 'absentAt' THEN s.attempt || jsonb_build_object('absentAt', clock_timestamp())
                              WHEN j.outcome = 'unknown' AND s.status = 'accepted' THEN s.attempt || jsonb_build_object('since', clock_timestamp()) ELSE s.attempt END
                         - CASE WHEN j.confirmed AND j.sends_body THEN 'bodyInDoubt' ELSE '' END || CASE WHEN j.body_in_doubt THEN jsonb_build_object('bodyInDoubt', true) ELSE '{}' END,
               updated_at = clock_timestamp()
          FROM judged j
         WHERE s.org_id = j.org_id AND s.target = j.target AND s.record_key = j.record_key
        RETURNING s.record_key
    ),
    overwritten AS ( -- the record has that body now, so the other row is due; a row of this batch: see written_over
        UPDATE push_state s SET sent = s.sent || m.body, updated_at = clock_timestamp()
          FROM matched m
         WHERE s.org_id = p_org AND s.target = p_target AND s.zoho_id = m.zoho_id AND s.record_key <> m.record_key
           AND s.sent IS NOT NULL AND s.record_key NOT IN (SELECT b.record_key FROM before b)
    ),
    inherited AS ( -- a row that is gone leaves its record to the row that has it now, and does not write it if it comes back
        UPDATE push_state s SET zoho_id = NULL, sent = NULL, updated_at = clock_timestamp()
          FROM judged j
         WHERE j.confirmed AND s.org_id = j.org_id AND s.target = j.target AND s.zoho_id = j.new_id AND s.status = 'gone' AND s.record_key <> j.record_key
           AND s.record_key NOT IN (SELECT b.record_key FROM before b)
    ),
    logged AS (
        UPDATE push_log l SET outcome = j.outcome, call_id = coalesce(p_call, l.call_id), error_code = j.code, error_text = j.text
          FROM judged j
         WHERE l.org_id = j.org_id AND l.target = j.target AND l.record_key = j.record_key AND l.claim = p_claim AND (l.outcome IS NULL OR l.outcome = 'accepted')
    ),
    to_judge AS (
        INSERT INTO push_handles (org_id, target, handle, claim)
        SELECT DISTINCT p_org, p_target, j.new_handle, p_claim FROM judged j WHERE j.outcome = 'accepted'
            ON CONFLICT DO NOTHING
    ),
    given_up AS (
        INSERT INTO dead_letters AS d (org_id, source, entity, zoho_id, payload, error, attempts, run_id)
        SELECT p_org, 'push', p_target, j.record_key, CAST(j.trying AS text), coalesce(j.text, j.code, 'failed'), j.attempts, j.run_id
          FROM judged j WHERE j.outcome = 'failed' AND j.transient AND push_next_try(j.attempts) IS NULL
            ON CONFLICT (org_id, source, entity, coalesce(zoho_id, ''), digest) DO UPDATE
           SET error = EXCLUDED.error, attempts = EXCLUDED.attempts, failed_at = clock_timestamp(), closed_at = NULL, run_id = EXCLUDED.run_id
    ),
    closed AS (
        UPDATE dead_letters d SET closed_at = clock_timestamp()
          FROM judged j
         WHERE j.confirmed AND d.source = 'push' AND d.org_id = p_org AND d.entity = p_target AND d.zoho_id = j.record_key AND d.closed_at IS NULL
    ),
    counted AS (
        UPDATE sync_runs r
           SET created = r.created + n.created, updated = r.updated + n.updated, deleted = r.deleted + n.deleted, rate_limit_hits = r.rate_limit_hits + n.limited,
               pages = r.pages + 1, heartbeat_at = clock_timestamp(), waiting_since = CASE WHEN n.worked > 0 THEN NULL ELSE r.waiting_since END
          FROM (SELECT j.run_id,
                       count(*) FILTER (WHERE j.confirmed AND j.op IN ('create', 'find') AND coalesce(j.was_created, true) AND j.sent IS NULL) AS created,
                       count(*) FILTER (WHERE j.confirmed AND (j.op = 'update' OR j.op IN ('create', 'find') AND NOT (coalesce(j.was_created, true) AND j.sent IS NULL)
                                                               OR j.op IN ('activate', 'deactivate') AND j.trying = j.sent AND NOT coalesce(CAST(j.attempt ->> 'follows' AS boolean), false))) AS updated,
                       count(*) FILTER (WHERE j.confirmed AND j.op = 'delete') AS deleted,
                       count(*) FILTER (WHERE j.limited) AS limited, count(*) FILTER (WHERE j.outcome NOT IN ('unsent', 'unknown')) AS worked
                  FROM judged j GROUP BY j.run_id) n
         WHERE r.id = n.run_id
    )
    SELECT j.record_key, j.still FROM judged j WHERE j.still IS NOT NULL
$$;
