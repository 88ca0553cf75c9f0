-- Access tokens, and the form of organisations in the API.

-- Gives a call the access token of its organisation's connection. state says whether the call can use it, or what comes first:
--   use       the access token is there
--   refresh   the caller has to request the next token; nobody else does until its lease (p_lease) ends
--   wait      another process is requesting one
--   cooldown  Zoho gives no token before valid_until
--   person    to_do says what a person has to do; no call is sent
-- p_refused is the version of the token that Zoho refused to this caller, because it is invalid or lacks a scope. This caller does not get it
-- again. Other callers get it until there is a new one, because it may have the scopes that they need.
-- p_force_refresh is for a check, which requests a token although the current one is valid, or although a person has to act.
-- The lock is held for this statement only, never while Zoho is asked: a process that dies blocks the others until its lease ends.
CREATE OR REPLACE FUNCTION zoho_take_token(p_org text, p_refused bigint, p_lease interval, p_force_refresh boolean DEFAULT false)
    RETURNS TABLE (state text, connection_id bigint, region text, accounts_url text, api_url text, client_id text,
                   client_secret bytea, refresh_token bytea, access_token bytea, token_version bigint,
                   request_id bigint, valid_until timestamptz, to_do text)
    LANGUAGE plpgsql AS
$$
DECLARE
    -- Zoho gives 10 tokens in 10 minutes, then none until the 10 minutes are over. One is left to other users of the client
    c_requests CONSTANT integer  := 9;
    c_window   CONSTANT interval := '10 minutes 5 seconds';
    v_now      timestamptz := clock_timestamp();
    v          connections%ROWTYPE;
    v_force    boolean := coalesce(p_force_refresh, false);
    v_alive    boolean;     -- the access token serves this caller
    v_until    timestamptz;
BEGIN
    SELECT c.* INTO v FROM connections c JOIN organisations o ON o.connection_id = c.id WHERE o.org_id = p_org;
    IF NOT FOUND THEN
        state := 'person';
        to_do := format('Organisation %s is not connected to Zoho. Open /oauth/connect?org=%s in a browser', p_org, p_org);
        RETURN NEXT;
        RETURN;
    END IF;

    IF v_force OR v.needs_person IS NULL AND (v.token_version = p_refused OR v.refresh_at <= v_now OR v.refresh_at IS NULL) THEN
        SELECT c.* INTO v FROM connections c WHERE c.id = v.id FOR UPDATE;
        v_now := clock_timestamp();
    END IF;
    v_alive := coalesce(v.ends_at > v_now, false) AND v.token_version IS DISTINCT FROM p_refused;

    IF v.needs_person IS NOT NULL AND NOT v_force THEN
        state := 'person';
    ELSIF v_alive AND v.refresh_at > v_now AND NOT v_force THEN
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

-- Records the outcome of a token request. A request that outlasted its lease changes nothing if another one has brought a token
-- since. p_outcome: ok, throttled, person or unavailable.
-- The Retry-After of the token endpoint (p_retry_after) holds for all replicas. A throttled endpoint is asked again when it says, or
-- in five minutes where it says nothing; one that fails is not asked earlier than it says.
-- needs_person stays until Zoho gives a token, or names another cause.
CREATE OR REPLACE FUNCTION zoho_token_answered(p_connection bigint, p_version bigint, p_request bigint, p_outcome text,
                                               p_access_token bytea, p_refresh_after interval, p_life interval,
                                               p_api_url text, p_scopes text, p_to_do text, p_retry_after interval DEFAULT NULL)
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
           cooldown_until = CASE p_outcome WHEN 'throttled' THEN v_now + coalesce(p_retry_after, interval '5 minutes')
                                           -- 5 s, 10 s, 20 s ... a minute
                                           WHEN 'unavailable' THEN v_now + greatest(p_retry_after, least(interval '1 minute', interval '5 seconds' * power(2, v_failed - 1)))
                            END,
           api_url = coalesce(p_api_url, api_url),
           scopes = coalesce(p_scopes, scopes),
           needs_person = CASE WHEN p_outcome IN ('ok', 'person') THEN p_to_do ELSE needs_person END,
           lease_until = NULL,
           updated_at = v_now
     WHERE id = p_connection AND token_version = p_version;
END
$$;

-- Organisations as the API shows them. For a secret it says only whether it is set. p_settings_secret: whether the settings hold the secret of
-- webhooks for the first organisation, which need not have one of its own then.
CREATE OR REPLACE FUNCTION organisations_api(p_settings_secret boolean) RETURNS TABLE (org_id text, name text, organisation json)
    LANGUAGE sql STABLE AS
$$
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
           'deskOrgId', o.desk_org_id, 'webhookSecretSet', o.webhook_secret IS NOT NULL OR o.is_default AND p_settings_secret,
           'push', o.push || (SELECT coalesce(jsonb_object_agg(t.target, t.state), '{}') FROM push_targets t WHERE t.org_id = o.org_id),
           'pushPlans', (SELECT coalesce(json_object_agg(t.target, json_build_object(
                                    'runId', r.id, 'at', r.finished_at, 'seen', r.seen, 'created', r.created, 'updated', r.updated, 'unchanged', r.unchanged,
                                    'refused', r.rejected, 'waiting', r.waiting, 'heldBecause', r.found #>> '{brake,because}')), '{}')
                           FROM push_targets t JOIN sync_runs r ON r.id = t.planned_run WHERE t.org_id = o.org_id),
           'meta', CASE WHEN o.meta_catalogue IS NOT NULL
                        THEN json_build_object('catalogue', o.meta_catalogue, 'tokenSet', o.meta_token IS NOT NULL, 'link', o.meta_link) END,
           'toDo', CASE WHEN o.awaiting_id IS NOT NULL
                        THEN format('Nobody has agreed with client %s yet. Open /oauth/connect?org=%s in a browser', w.client_id, o.org_id)
                        WHEN o.connection_id IS NOT NULL THEN c.needs_person END) AS organisation
  FROM organisations o
  LEFT JOIN connections w ON w.id = o.awaiting_id
  LEFT JOIN connections c ON c.id = coalesce(o.connection_id, o.awaiting_id)
$$;
