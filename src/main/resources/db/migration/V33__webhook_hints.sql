-- As before. But of several like it that wait, such as those that Zoho's limit put off, one is told of the hint and answers for it:
-- all that came before the record is asked for are settled by that one answer. Before, the hint was answered with an error. And a
-- repetition of what is here is told so without a wait for whoever works at that: others may share its commit.
CREATE OR REPLACE FUNCTION receive_webhook(p_org text, p_digest text, p_entity text, p_event text, p_zoho_id text,
                                           p_modified timestamptz, p_complete boolean, p_payload text)
    RETURNS TABLE (key text, accepted boolean)
    LANGUAGE plpgsql
    SET lock_timeout = '4s' AS
$$
#variable_conflict use_column
DECLARE
    v_error text := (SELECT 'The organisation does not have this kind copied' FROM organisations o
                      WHERE o.org_id = p_org AND p_entity <> ALL (o.kinds));
BEGIN
    IF p_modified IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('webhook ' || p_org || ' ' || p_digest, 0));
        RETURN QUERY UPDATE webhook_events w SET told_at = clock_timestamp()
                      WHERE w.status = 'pending' AND w.attempts = 0 AND w.claimed_until IS NULL
                        AND w.id = (SELECT e.id FROM webhook_events e
                                     WHERE e.org_id = p_org AND e.digest = p_digest AND e.status = 'pending' AND e.attempts = 0
                                       AND e.claimed_until IS NULL
                                     ORDER BY e.id DESC LIMIT 1)
                     RETURNING w.event_id, false;
        IF FOUND THEN
            RETURN;
        END IF;
    ELSIF EXISTS (SELECT FROM webhook_events e WHERE e.org_id = p_org AND e.event_id = p_digest) THEN
        RETURN QUERY SELECT p_digest, false;
        RETURN;
    END IF;
    RETURN QUERY
        INSERT INTO webhook_events AS w (org_id, event_id, digest, entity, event, zoho_id, modified, complete, payload, status, error,
                                         processed_at)
        SELECT p_org, CASE WHEN p_modified IS NULL AND EXISTS (SELECT FROM webhook_events e WHERE e.org_id = p_org AND e.event_id = p_digest)
                           THEN p_digest || '-' || replace(CAST(gen_random_uuid() AS text), '-', '') ELSE p_digest END,
               p_digest, p_entity, p_event, p_zoho_id, p_modified, p_complete, p_payload,
               CASE WHEN v_error IS NULL THEN 'pending' ELSE 'ignored' END, v_error,
               CASE WHEN v_error IS NOT NULL THEN clock_timestamp() END
            ON CONFLICT (org_id, event_id) DO NOTHING
        RETURNING w.event_id, true;
    IF NOT FOUND THEN
        RETURN QUERY SELECT p_digest, false;
    END IF;
END
$$;
