-- The token endpoint's Retry-After holds for all replicas: a throttled one is asked again when it says, in five minutes where it
-- says nothing, and one that fails not before. Otherwise as before.
DROP FUNCTION zoho_token_answered(bigint, bigint, bigint, text, bytea, interval, interval, text, text, text);
CREATE FUNCTION zoho_token_answered(p_connection bigint, p_version bigint, p_request bigint, p_outcome text,
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
