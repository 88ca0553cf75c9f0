-- What Zoho no longer had when it was asked, and no row tells of: a payload of it that comes later, or late, is not believed.
CREATE INDEX webhook_events_ignored ON webhook_events (org_id, entity, zoho_id) WHERE status = 'ignored';

-- A hint that comes again while one like it waits speaks of what happened since: an answer that was asked for before then does
-- not settle it.
ALTER TABLE webhook_events ADD told_at timestamptz NOT NULL DEFAULT clock_timestamp(); -- when it came the last time

-- As before, but for told_at. And while somebody locks the inbox, who sends is told so soon, and holds up no connection.
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
                      WHERE w.org_id = p_org AND w.digest = p_digest AND w.status = 'pending' AND w.attempts = 0
                        AND w.claimed_until IS NULL
                     RETURNING w.event_id, false;
        IF FOUND THEN
            RETURN;
        END IF;
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
