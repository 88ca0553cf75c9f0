-- What a call needs of its organisation's connection, or what has to happen first (state):
--   use       the access token is there
--   refresh   it is the caller's to ask for the next one, until the lease of p_lease ends
--   wait      another process is asking
--   cooldown  Zoho gives no token before valid_until
--   person    to_do says what a person has to do; no call goes out
-- p_refused is the version of a token that Zoho refused; it is not given out again. The lock is held for this statement
-- only, never while Zoho is asked: a process that dies blocks the others until its lease ends.
CREATE FUNCTION zoho_take_token(p_org text, p_refused bigint, p_lease interval)
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
    v_alive    boolean;
    v_until    timestamptz;
BEGIN
    SELECT c.* INTO v FROM connections c JOIN organisations o ON o.connection_id = c.id WHERE o.org_id = p_org;
    IF NOT FOUND THEN
        state := 'person';
        to_do := format('Organisation %s is not connected to Zoho. Open /oauth/connect?org=%s in a browser', p_org, p_org);
        RETURN NEXT;
        RETURN;
    END IF;

    IF v.needs_person IS NULL AND (v.token_version = p_refused OR v.refresh_at <= v_now OR v.refresh_at IS NULL) THEN
        SELECT c.* INTO v FROM connections c WHERE c.id = v.id FOR UPDATE;
        v_now := clock_timestamp();
        IF v.token_version = p_refused AND v.ends_at > v_now THEN
            UPDATE connections c SET refresh_at = v_now, ends_at = v_now, updated_at = v_now WHERE c.id = v.id;
            v.refresh_at := v_now;
            v.ends_at := v_now;
        END IF;
    END IF;
    v_alive := coalesce(v.ends_at > v_now, false);

    IF v.needs_person IS NOT NULL THEN
        state := 'person';
    ELSIF v_alive AND v.refresh_at > v_now THEN
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
            UPDATE connections c SET lease_until = v_now + p_lease, updated_at = v_now WHERE c.id = v.id;
            INSERT INTO token_requests (connection_id, at) VALUES (v.id, v_now) RETURNING id INTO request_id;
        END IF;
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

-- Notes what came of a request for a token. One that took longer than its lease changes nothing where another has
-- brought a token since. p_outcome: ok, throttled, person or unavailable.
CREATE FUNCTION zoho_token_answered(p_connection bigint, p_version bigint, p_request bigint, p_outcome text,
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
           needs_person = p_to_do,
           lease_until = NULL,
           updated_at = v_now
     WHERE id = p_connection AND token_version = p_version;
END
$$;
