-- PostgreSQL keeps plans, and makes them by statistics: of a small or empty inbox, or of one in which nothing waits, each index
-- seems to serve, as it does to read all. A storm then read all that waits, or all there is, for each event: seconds for a
-- hundred that end, until autovacuum had counted again. So each of these looks events up in a way that one index alone serves:
-- by id, or in an order that nothing else gives without sorting.

CREATE FUNCTION webhook_event_id(p_org text, p_event_id text) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS
$$
BEGIN
    RETURN (SELECT e.id FROM webhook_events e
             WHERE e.org_id = p_org AND e.event_id >= p_event_id AND e.event_id <= p_event_id ORDER BY e.event_id LIMIT 1);
END
$$;

-- As before, but for that.
CREATE OR REPLACE FUNCTION claim_webhooks(p_complete boolean, p_kinds text[], p_most integer, p_lease interval, p_org text DEFAULT NULL)
    RETURNS SETOF webhook_events
    LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS
$$
DECLARE
    v_ids bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('webhook claims', 0));
    WITH due AS (
        SELECT e.id, e.due_at, octet_length(e.payload) AS bytes FROM webhook_events e
         WHERE e.status = 'pending' AND e.complete = p_complete AND e.due_at <= clock_timestamp()
           AND coalesce(e.claimed_until <= clock_timestamp(), true) AND e.entity = ANY (p_kinds)
           AND (p_org IS NULL OR e.org_id = p_org AND NOT e.alone)
           AND NOT EXISTS (SELECT FROM webhook_events o
                            WHERE o.org_id = e.org_id AND o.entity = e.entity AND o.zoho_id = e.zoho_id AND o.status = 'pending'
                              AND (o.claimed_until > clock_timestamp()
                                   OR o.id < e.id AND (NOT e.complete OR o.due_at <= clock_timestamp()))
                           OFFSET 0) -- or it would be a join
         ORDER BY e.due_at, e.id
         LIMIT p_most
           FOR UPDATE SKIP LOCKED),
    few AS (
        SELECT d.id, sum(d.bytes) OVER (ORDER BY d.due_at, d.id) - d.bytes AS bytes_before FROM due d)
    SELECT array_agg(f.id) INTO v_ids FROM few f WHERE f.bytes_before < 2000000;
    RETURN QUERY
        UPDATE webhook_events w
           SET claimed_until = clock_timestamp() + p_lease, attempts = w.attempts + 1
         WHERE w.id = ANY (v_ids)
        RETURNING w.*;
END
$$;

-- As before, but for that. Of hints like it that wait the newest is told.
CREATE OR REPLACE FUNCTION receive_webhook(p_org text, p_digest text, p_entity text, p_event text, p_zoho_id text,
                                           p_modified timestamptz, p_complete boolean, p_payload text)
    RETURNS TABLE (key text, accepted boolean)
    LANGUAGE plpgsql
    SET lock_timeout = '4s' SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS
$$
#variable_conflict use_column
DECLARE
    v_error text := (SELECT 'The organisation does not have this kind copied' FROM organisations o
                      WHERE o.org_id = p_org AND p_entity <> ALL (o.kinds));
    v_hint  bigint;
BEGIN
    IF p_modified IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('webhook ' || p_org || ' ' || p_digest, 0));
        v_hint := (SELECT max(h.id)
                     FROM (SELECT e.id FROM webhook_events e
                            WHERE e.org_id = p_org AND e.digest >= p_digest AND e.digest <= p_digest AND e.status = 'pending'
                              AND e.attempts = 0 AND e.claimed_until IS NULL
                            ORDER BY e.digest OFFSET 0) h);
        RETURN QUERY UPDATE webhook_events w SET told_at = clock_timestamp()
                      WHERE w.id = v_hint
                        AND CASE WHEN w.status = 'pending' THEN w.attempts = 0 AND w.claimed_until IS NULL ELSE false END
                     RETURNING w.event_id, false;
        IF FOUND THEN
            RETURN;
        END IF;
    ELSIF webhook_event_id(p_org, p_digest) IS NOT NULL THEN
        RETURN QUERY SELECT p_digest, false;
        RETURN;
    END IF;
    RETURN QUERY
        INSERT INTO webhook_events AS w (org_id, event_id, digest, entity, event, zoho_id, modified, complete, payload, status, error,
                                         processed_at)
        SELECT p_org, CASE WHEN p_modified IS NULL AND webhook_event_id(p_org, p_digest) IS NOT NULL
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

-- As before, but for that.
CREATE OR REPLACE FUNCTION fail_webhook(p_org text, p_event_id text, p_claim timestamptz, p_error text, p_mendable boolean, p_attempts integer,
                                        p_first interval, p_longest interval)
    RETURNS text
    LANGUAGE plpgsql
    SET enable_seqscan = off AS
$$
DECLARE
    v_id    bigint := webhook_event_id(p_org, p_event_id);
    v_event webhook_events%ROWTYPE;
BEGIN
    UPDATE webhook_events w
       SET status = CASE WHEN p_mendable AND w.attempts < p_attempts THEN 'pending' ELSE 'dead' END,
           due_at = clock_timestamp() + least(p_longest, p_first * power(3, least(w.attempts - 1, 20))) * (0.8 + 0.4 * random()),
           processed_at = CASE WHEN NOT p_mendable OR w.attempts >= p_attempts THEN clock_timestamp() END,
           claimed_until = NULL, error = p_error
     WHERE w.id = v_id AND CASE WHEN w.status = 'pending' THEN w.claimed_until = p_claim ELSE false END
    RETURNING w.* INTO v_event;
    IF v_event.status = 'dead' THEN
        INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, attempts, event_id)
        VALUES (p_org, 'webhook', v_event.entity, v_event.zoho_id, v_event.payload, p_error, v_event.attempts, p_event_id)
            ON CONFLICT (org_id, source, entity, coalesce(zoho_id, ''), digest) DO UPDATE
           SET attempts = EXCLUDED.attempts, error = EXCLUDED.error, event_id = EXCLUDED.event_id, failed_at = clock_timestamp(),
               closed_at = NULL;
    END IF;
    RETURN v_event.status;
END
$$;

-- An event that Zoho's limits put off is due again when they end, and this was no attempt.
CREATE FUNCTION wait_webhook(p_org text, p_event_id text, p_claim timestamptz, p_until timestamptz, p_error text) RETURNS void
    LANGUAGE plpgsql
    SET enable_seqscan = off AS
$$
DECLARE
    v_id bigint := webhook_event_id(p_org, p_event_id);
BEGIN
    UPDATE webhook_events w
       SET due_at = p_until + random() * interval '1 s', claimed_until = NULL, attempts = w.attempts - 1, error = p_error
     WHERE w.id = v_id AND CASE WHEN w.status = 'pending' THEN w.claimed_until = p_claim ELSE false END;
END
$$;
