-- The inbox: what Zoho's webhooks said, kept before they are answered, and what became of it. No data of Zoho's tables: for
-- the application alone.
CREATE TABLE webhook_events (
    id            bigint      GENERATED ALWAYS AS IDENTITY UNIQUE, -- in this order they came
    org_id        text        NOT NULL,
    event_id      text        NOT NULL,     -- the digest; of a hint that came again, with its number
    digest        text        NOT NULL,     -- of organisation, kind, event, record, last_modified_time and body
    entity        text        NOT NULL,
    event         text        NOT NULL CHECK (event IN ('created', 'updated', 'deleted')),
    zoho_id       text        NOT NULL,
    modified      timestamptz,              -- last_modified_time of the payload; null: it is only a hint
    complete      boolean     NOT NULL,     -- it has all that its kind's sink needs; else the record is fetched
    payload       text        NOT NULL,
    status        text        NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'dead', 'ignored')),
    claimed_until timestamptz,
    attempts      integer     NOT NULL DEFAULT 0,
    due_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    received_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    processed_at  timestamptz,
    error         text,
    PRIMARY KEY (org_id, event_id)
);
CREATE INDEX webhook_events_due ON webhook_events (complete, due_at) WHERE status = 'pending';
CREATE INDEX webhook_events_of_a_record ON webhook_events (org_id, entity, zoho_id, id) WHERE status = 'pending';
CREATE INDEX webhook_events_waiting ON webhook_events (org_id, digest) WHERE status = 'pending' AND attempts = 0;

-- A dead letter of the source webhook names its event, which a replay makes pending again.
ALTER TABLE dead_letters ADD event_id text;

-- Keeps an event. Not accepted: it is here already. A hint repeats only one whose work has not begun; after that it is
-- news. A kind that the organisation does not have copied is kept as ignored.
CREATE FUNCTION receive_webhook(p_org text, p_digest text, p_entity text, p_event text, p_zoho_id text,
                                p_modified timestamptz, p_complete boolean, p_payload text)
    RETURNS TABLE (key text, accepted boolean)
    LANGUAGE plpgsql AS
$$
#variable_conflict use_column
DECLARE
    v_error text := (SELECT 'The organisation does not have this kind copied' FROM organisations o
                      WHERE o.org_id = p_org AND p_entity <> ALL (o.kinds));
BEGIN
    IF p_modified IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('webhook ' || p_org || ' ' || p_digest, 0));
        RETURN QUERY SELECT w.event_id, false FROM webhook_events w
                      WHERE w.org_id = p_org AND w.digest = p_digest AND w.status = 'pending' AND w.attempts = 0
                        AND w.claimed_until IS NULL LIMIT 1;
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

-- Takes events that are due, one of a record and none of a record of which one is being worked at. One that backs off
-- holds up hints, whose fetch would fail as its did, and is overtaken by what is complete. Claims take turns: two that look
-- at the same time could take two events of a record.
CREATE FUNCTION claim_webhooks(p_complete boolean, p_kinds text[], p_most integer, p_lease interval)
    RETURNS SETOF webhook_events
    LANGUAGE plpgsql
    SET enable_seqscan = off AS -- a plan made while the table was small would read all of it for each claim
$$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('webhook claims', 0));
    RETURN QUERY
        UPDATE webhook_events w
           SET claimed_until = clock_timestamp() + p_lease, attempts = w.attempts + 1
         WHERE (w.org_id, w.event_id) IN (
               SELECT e.org_id, e.event_id FROM webhook_events e
                WHERE e.status = 'pending' AND e.complete = p_complete AND e.due_at <= clock_timestamp()
                  AND coalesce(e.claimed_until <= clock_timestamp(), true) AND e.entity = ANY (p_kinds)
                  AND NOT EXISTS (SELECT FROM webhook_events o
                                   WHERE o.org_id = e.org_id AND o.entity = e.entity AND o.zoho_id = e.zoho_id AND o.status = 'pending'
                                     AND (o.claimed_until > clock_timestamp()
                                          OR o.id < e.id AND (NOT e.complete OR o.due_at <= clock_timestamp())))
                ORDER BY e.due_at, e.id
                LIMIT p_most
                  FOR UPDATE SKIP LOCKED)
        RETURNING w.*;
END
$$;

-- What a complete payload means for its row: store; older: the row is newer; same: the row says so already; fetch: only
-- Zoho can tell, for both are of the same second and differ, or one has no time, or the row is a tombstone.
CREATE FUNCTION judge_webhook(p_org text, p_table text, p_key text, p_zoho_id text, p_modified timestamptz, p_record jsonb) RETURNS text
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_verdict text;
BEGIN
    EXECUTE format($judge$
        SELECT CASE WHEN t.deleted_at IS NOT NULL OR t.zoho_modified_at IS NULL THEN 'fetch'
                    WHEN t.zoho_modified_at > $3 THEN 'older'
                    WHEN t.zoho_modified_at < $3 THEN 'store'
                    WHEN merged_source(t.source, $4) = t.source THEN 'same'
                    ELSE 'fetch' END
          FROM %I t WHERE t.org_id = $1 AND t.%I = $2
        $judge$, p_table, p_key) INTO v_verdict USING p_org, p_zoho_id, p_modified, p_record;
    RETURN coalesce(v_verdict, 'store');
END
$$;

-- Ends an event whose attempt went wrong, for good or until its next one; only the claim that is still held may say so.
-- Pauses are three times as long each time, from the first to the longest, give or take a fifth.
CREATE FUNCTION fail_webhook(p_org text, p_event_id text, p_claim timestamptz, p_error text, p_mendable boolean, p_attempts integer,
                             p_first interval, p_longest interval) RETURNS text
    LANGUAGE plpgsql AS
$$
DECLARE
    v_event webhook_events%ROWTYPE;
BEGIN
    UPDATE webhook_events w
       SET status = CASE WHEN p_mendable AND w.attempts < p_attempts THEN 'pending' ELSE 'dead' END,
           due_at = clock_timestamp() + least(p_longest, p_first * power(3, least(w.attempts - 1, 20))) * (0.8 + 0.4 * random()),
           processed_at = CASE WHEN NOT p_mendable OR w.attempts >= p_attempts THEN clock_timestamp() END,
           claimed_until = NULL, error = p_error
     WHERE w.org_id = p_org AND w.event_id = p_event_id AND w.status = 'pending' AND w.claimed_until = p_claim
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
