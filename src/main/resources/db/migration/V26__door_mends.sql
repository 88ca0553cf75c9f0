-- What an independent reading of the door found.

-- The token whose refusal made somebody ask for the next one: what that one is refused in turn, no other opens.
ALTER TABLE connections ADD refused_version bigint;

-- What a call needs of its organisation's connection, or what has to happen first (state):
--   use       the access token is there
--   refresh   it is the caller's to ask for the next one, until the lease of p_lease ends
--   wait      another process is asking
--   cooldown  Zoho gives no token before valid_until
--   person    to_do says what a person has to do; no call goes out
-- p_refused is the version of a token that Zoho refused: it is dead, or lacks a scope. Its caller does not get it again;
-- others do until there is another one, for it may well serve them.
-- p_again: for a check, which asks for a token although the one there lives or a person has been asked for.
-- The lock is held for this statement only, never while Zoho is asked: a process that dies blocks the others until its lease ends.
-- The old function's callers are still served while replicas are replaced one by one: the last argument may be missing.
DROP FUNCTION zoho_take_token(text, bigint, interval);
CREATE FUNCTION zoho_take_token(p_org text, p_refused bigint, p_lease interval, p_again boolean DEFAULT false)
    RETURNS TABLE (state text, connection_id bigint, region text, accounts_url text, api_url text, client_id text,
                   client_secret bytea, refresh_token bytea, access_token bytea, token_version bigint,
                   request_id bigint, valid_until timestamptz, to_do text)
    LANGUAGE plpgsql AS
$$
DECLARE
    -- Zoho gives 10 tokens in 10 minutes and then none for the rest of them; one is left for what others do with the client
    c_requests CONSTANT integer  := 9;
    c_window   CONSTANT interval := '10 minutes 5 seconds';
    v_now      timestamptz := clock_timestamp();
    v          connections%ROWTYPE;
    v_again    boolean := coalesce(p_again, false);
    v_alive    boolean;     -- for this caller
    v_until    timestamptz;
BEGIN
    SELECT c.* INTO v FROM connections c JOIN organisations o ON o.connection_id = c.id WHERE o.org_id = p_org;
    IF NOT FOUND THEN
        state := 'person';
        to_do := format('Organisation %s is not connected to Zoho. Open /oauth/connect?org=%s in a browser', p_org, p_org);
        RETURN NEXT;
        RETURN;
    END IF;

    IF v_again OR v.needs_person IS NULL AND (v.token_version = p_refused OR v.refresh_at <= v_now OR v.refresh_at IS NULL) THEN
        SELECT c.* INTO v FROM connections c WHERE c.id = v.id FOR UPDATE;
        v_now := clock_timestamp();
    END IF;
    v_alive := coalesce(v.ends_at > v_now, false) AND v.token_version IS DISTINCT FROM p_refused;

    IF v.needs_person IS NOT NULL AND NOT v_again THEN
        state := 'person';
    ELSIF v_alive AND v.refresh_at > v_now AND NOT v_again THEN
        state := 'use';
    ELSIF v.lease_until > v_now THEN
        state := CASE WHEN v_alive THEN 'use' ELSE 'wait' END;
        v_until := v.lease_until;
    ELSE
        SELECT greatest(v.cooldown_until, max(t.at) FILTER (WHERE t.place = c_requests) + c_window) INTO v_until
          FROM (SELECT r.at, row_number() OVER (ORDER BY r.at DESC) AS place
                  FROM token_requests r WHERE r.connection_id = v.id AND r.at > v_now - c_window) t;
        IF v_until > v_now THEN
            state := CASE WHEN v_alive THEN 'use' ELSE 'cooldown' END;
        ELSIF v.refresh_token IS NULL THEN
            state := 'person';
            v.needs_person := format('Nobody has agreed to connect organisation %s yet. Open /oauth/connect?org=%s in a browser', p_org, p_org);
        ELSE
            state := 'refresh';
            UPDATE connections c
               SET lease_until = v_now + p_lease, updated_at = v_now,
                   refused_version = CASE WHEN v.token_version = p_refused THEN p_refused ELSE c.refused_version END
             WHERE c.id = v.id;
            INSERT INTO token_requests (connection_id, at) VALUES (v.id, v_now) RETURNING id INTO request_id;
        END IF;
    END IF;

    IF state = 'use' AND v.needs_person IS NOT NULL THEN
        state := 'person';
    END IF;
    connection_id := v.id;
    region := v.region;
    accounts_url := v.accounts_url;
    api_url := v.api_url;
    client_id := v.client_id;
    client_secret := v.client_secret;
    refresh_token := v.refresh_token;
    access_token := v.access_token;
    token_version := v.token_version;
    valid_until := coalesce(v_until, v.ends_at);
    to_do := v.needs_person;
    RETURN NEXT;
END
$$;

-- What a person has to do stays until Zoho gives a token, or says another thing.
CREATE OR REPLACE FUNCTION zoho_token_answered(p_connection bigint, p_version bigint, p_request bigint, p_outcome text,
                                    p_access_token bytea, p_refresh_after interval, p_life interval,
                                    p_api_url text, p_scopes text, p_to_do text)
    RETURNS void
    LANGUAGE plpgsql AS
$$
DECLARE
    v_now    timestamptz := clock_timestamp();
    v_failed integer;
BEGIN
    UPDATE token_requests SET outcome = p_outcome WHERE id = p_request;
    SELECT count(*) INTO v_failed FROM token_requests r
     WHERE r.connection_id = p_connection AND r.outcome = 'unavailable' AND r.at > v_now - interval '10 minutes'
       AND r.id > coalesce((SELECT max(s.id) FROM token_requests s WHERE s.connection_id = p_connection AND s.outcome = 'ok'), 0);
    UPDATE connections
       SET access_token = coalesce(p_access_token, access_token),
           token_version = token_version + CASE p_outcome WHEN 'ok' THEN 1 ELSE 0 END,
           issued_at = CASE p_outcome WHEN 'ok' THEN v_now ELSE issued_at END,
           refresh_at = CASE p_outcome WHEN 'ok' THEN v_now + p_refresh_after ELSE refresh_at END,
           ends_at = CASE p_outcome WHEN 'ok' THEN v_now + p_life ELSE ends_at END,
           cooldown_until = CASE p_outcome WHEN 'throttled' THEN v_now + interval '5 minutes'
                                           -- 5 s, 10 s, 20 s ... a minute
                                           WHEN 'unavailable' THEN v_now + least(interval '1 minute', interval '5 seconds' * power(2, v_failed - 1))
                            END,
           api_url = coalesce(p_api_url, api_url),
           scopes = coalesce(p_scopes, scopes),
           needs_person = CASE WHEN p_outcome IN ('ok', 'person') THEN p_to_do ELSE needs_person END,
           lease_until = NULL,
           updated_at = v_now
     WHERE id = p_connection AND token_version = p_version;
END
$$;

-- A call that was never sent has given its slot back: its released_at is its at. It counts for nothing, neither for the day
-- nor for a run.
CREATE OR REPLACE FUNCTION zoho_quotas(p_per_minute integer, p_per_day integer, p_timeout interval)
    RETURNS TABLE (org_id text, per_minute integer, slots_held bigint, calls_in_last_minute bigint, calls_in_last_hour bigint,
                   calls_today bigint, day_limit integer, day_remaining integer, day_resets_at timestamptz)
    LANGUAGE sql STABLE AS
$$
SELECT o.org_id, coalesce(o.calls_per_minute, p_per_minute), slots.held, recent.last_minute, recent.last_hour, calls.today,
       day.budget,
       CASE WHEN day.budget IS NOT NULL
            THEN CAST(greatest(0, CASE WHEN day.given IS NULL THEN o.day_remaining - slots.flying ELSE day.given - calls.today END) AS integer) END,
       CASE WHEN day.budget IS NOT NULL THEN day.ends END
  FROM organisations o
 CROSS JOIN LATERAL (
       SELECT g.given, g.ends, coalesce(g.given, CASE WHEN o.day_resets_at > now() THEN o.day_limit END) AS budget
         FROM (SELECT coalesce(o.calls_per_day, p_per_day) AS given,
                      coalesce(o.day_resets_at + interval '24 hours' * (floor(extract(epoch FROM now() - o.day_resets_at) / 86400) + 1),
                               date_trunc('day', now(), 'UTC') + interval '24 hours') AS ends) g) day
 CROSS JOIN LATERAL (
       SELECT count(*) AS held, count(*) FILTER (WHERE c.answered_at IS NULL AND c.at + p_timeout > now()) AS flying
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.released_at > now()) slots
 -- the bounds that follow from now() alone tell the planner how few rows there are
 CROSS JOIN LATERAL (
       SELECT count(*) AS last_hour, count(*) FILTER (WHERE c.at > now() - interval '1 minute') AS last_minute
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.at > now() - interval '1 hour' AND c.released_at > c.at) recent
 CROSS JOIN LATERAL (
       SELECT count(*) AS today
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.at > now() - interval '24 hours' AND c.at >= day.ends - interval '24 hours'
          AND c.released_at > c.at) calls
$$;

CREATE OR REPLACE VIEW zoho_calls_by_run AS
SELECT c.run_id, c.org_id, c.purpose, count(*) AS calls,
       count(*) FILTER (WHERE c.status IS NULL) AS unanswered,
       count(*) FILTER (WHERE c.zoho_code = '44') AS minute_hits,
       count(*) FILTER (WHERE c.zoho_code = '45') AS day_hits,
       count(*) FILTER (WHERE c.zoho_code = '1070') AS in_process_hits,
       round(avg(c.ms)) AS ms, min(c.at) AS first_at, max(c.at) AS last_at
  FROM zoho_calls c WHERE c.released_at > c.at GROUP BY c.run_id, c.org_id, c.purpose;

CREATE OR REPLACE FUNCTION abandon_stale_runs(p_stale interval) RETURNS void
    LANGUAGE sql AS
$$
    UPDATE sync_runs
       SET status = 'abandoned', finished_at = clock_timestamp(), waiting_until = NULL, waiting_for = NULL,
           calls = (SELECT count(*) FROM zoho_calls c WHERE c.run_id = sync_runs.id AND c.released_at > c.at),
           error = 'Its process was not heard of for ' || extract(epoch FROM p_stale)::integer
                   || ' s: stopped, killed or cut off from the database. The next run goes on from its cursor.'
     -- a row that somebody is writing is not silent
     WHERE id IN (SELECT id FROM sync_runs
                   WHERE status = 'running' AND greatest(heartbeat_at, waiting_until) < clock_timestamp() - p_stale
                     FOR UPDATE SKIP LOCKED)
$$;

CREATE OR REPLACE VIEW sync_runs_api AS
SELECT r.id, r.org, r.entity, r.status,
       json_build_object(
           'id', r.id, 'org', r.org, 'entity', r.entity, 'mode', r.mode, 'trigger', r.trigger, 'status', r.status,
           'waitingUntil', r.waiting_until, 'waitingFor', r.waiting_for, 'dryRun', r.dry_run,
           'startedAt', r.started_at, 'finishedAt', r.finished_at, 'pages', r.pages,
           'calls', CASE WHEN r.status = 'running' THEN (SELECT count(*) FROM zoho_calls c WHERE c.run_id = r.id AND c.released_at > c.at)
                         ELSE r.calls END,
           'seen', r.seen, 'created', r.created, 'updated', r.updated, 'unchanged', r.unchanged,
           'deleted', r.deleted, 'rejected', r.rejected, 'error', r.error) AS run
  FROM sync_runs r;
