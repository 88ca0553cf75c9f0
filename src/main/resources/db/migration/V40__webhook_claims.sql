-- Claims without a planner method that is switched off and used all the same: that costs 1e10 in PostgreSQL 17 and before,
-- and from 100,000 on the statement is compiled (jit), 0.4 s for each claim. Nothing here is sorted now: the index has the
-- whole order, and what a claim may hold in memory is summed up row by row. Each function switches jit off as well, for
-- sessions whose own setting a pooler lost.
CREATE INDEX webhook_events_in_turn ON webhook_events (complete, due_at, id) WHERE status = 'pending';
DROP INDEX webhook_events_due;

-- Of hints that are alike one waits whose work has not begun. A unique index says so, where two that came at once took turns by
-- an advisory lock, which every role may take. An event loses its hint when it is claimed, for good: what comes after that is news.
ALTER TABLE webhook_events ADD hint text;   -- the digest, of a hint whose work has not begun
UPDATE webhook_events w SET hint = w.digest
  FROM (SELECT max(e.id) AS id FROM webhook_events e
         WHERE e.modified IS NULL AND e.status = 'pending' AND e.attempts = 0 AND e.claimed_until IS NULL
         GROUP BY e.org_id, e.digest) n
 WHERE w.id = n.id;
CREATE UNIQUE INDEX webhook_events_unbegun ON webhook_events (org_id, hint) WHERE status = 'pending' AND hint IS NOT NULL;
DROP INDEX webhook_events_waiting;

-- A hint can be captured and sent again by anybody, as often as they like. When its record was fetched so often (three times) within a
-- minute, the next fetch waits until the first of these is a minute old, and answers all that came until then.
ALTER TABLE webhook_events ADD fetched_at timestamptz;  -- when the request was sent whose answer ended the event
CREATE INDEX webhook_events_fetched ON webhook_events (org_id, entity, zoho_id, fetched_at) WHERE fetched_at IS NOT NULL;

-- When a record that was fetched so often may be fetched again; null: at once.
CREATE FUNCTION fetch_again_at(p_org text, p_entity text, p_zoho_id text, p_fetches integer) RETURNS timestamptz
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS
$$
BEGIN
    RETURN (SELECT f.fetched_at + interval '1 minute'
              FROM (SELECT DISTINCT e.fetched_at FROM webhook_events e
                     WHERE e.org_id = p_org AND e.entity = p_entity AND e.zoho_id = p_zoho_id
                       AND e.fetched_at > clock_timestamp() - interval '1 minute'
                     ORDER BY e.fetched_at DESC) f
             OFFSET p_fetches - 1 LIMIT 1);
END
$$;

-- As before: events that are due, one of a record and none of a record of which one is being worked at, in the order in which they
-- are due; but 2 MB of payload at most, and claims take turns by a row lock. Most looks find nothing, and take no lock.
DROP FUNCTION claim_webhooks(boolean, text[], integer, interval, text);
CREATE FUNCTION claim_webhooks(p_complete boolean, p_kinds text[], p_most integer, p_lease interval, p_org text DEFAULT NULL,
                               p_fetches integer DEFAULT 3)
    RETURNS SETOF webhook_events
    LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS
$$
DECLARE
    v_event   record;
    v_ids     bigint[] := '{}';
    v_bytes   bigint := 0;
    v_again   timestamptz;
    v_put_off boolean;
BEGIN
    PERFORM FROM webhook_events e
      WHERE e.status = 'pending' AND e.complete = p_complete AND e.due_at <= clock_timestamp()
      ORDER BY e.due_at, e.id LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM lock_work('webhook claims');
    LOOP
        v_put_off := false;
        FOR v_event IN
            SELECT e.id, e.org_id, e.entity, e.zoho_id, e.modified, octet_length(e.payload) AS bytes FROM webhook_events e
             WHERE e.status = 'pending' AND e.complete = p_complete AND e.due_at <= clock_timestamp()
               AND coalesce(e.claimed_until <= clock_timestamp(), true) AND e.entity = ANY (p_kinds)
               AND (p_org IS NULL OR e.org_id = p_org AND NOT e.alone)
               AND NOT EXISTS (SELECT FROM webhook_events o
                                WHERE o.org_id = e.org_id AND o.entity = e.entity AND o.zoho_id >= e.zoho_id AND o.zoho_id <= e.zoho_id
                                  AND o.status = 'pending'
                                  AND (o.claimed_until > clock_timestamp()
                                       OR o.id < e.id AND (NOT e.complete OR o.due_at <= clock_timestamp()))
                                ORDER BY o.zoho_id OFFSET 0) -- or it would be a join
             ORDER BY e.due_at, e.id
             LIMIT p_most
               FOR UPDATE SKIP LOCKED
        LOOP
            IF v_event.modified IS NULL AND NOT p_complete THEN
                v_again := fetch_again_at(v_event.org_id, v_event.entity, v_event.zoho_id, p_fetches);
                IF v_again > clock_timestamp() THEN
                    UPDATE webhook_events SET due_at = v_again WHERE id = v_event.id;
                    v_put_off := true;
                    CONTINUE;
                END IF;
            END IF;
            EXIT WHEN v_bytes >= 2000000;
            v_bytes := v_bytes + v_event.bytes;
            v_ids := v_ids || v_event.id;
        END LOOP;
        EXIT WHEN v_ids <> '{}' OR NOT v_put_off;
    END LOOP;
    RETURN QUERY
        UPDATE webhook_events w
           SET claimed_until = clock_timestamp() + p_lease, attempts = w.attempts + 1, hint = NULL
         WHERE w.id = ANY (v_ids)
        RETURNING w.*;
END
$$;

-- As before, but for the hint: one like it that waits is told of it, or it becomes an event. Whoever commits a like one in between
-- is seen in the next round.
CREATE OR REPLACE FUNCTION receive_webhook(p_org text, p_digest text, p_entity text, p_event text, p_zoho_id text,
                                           p_modified timestamptz, p_complete boolean, p_payload text)
    RETURNS TABLE (key text, accepted boolean)
    LANGUAGE plpgsql
    SET lock_timeout = '4s' SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS
$$
#variable_conflict use_column
DECLARE
    v_error text := (SELECT 'The organisation does not have this kind copied' FROM organisations o
                      WHERE o.org_id = p_org AND p_entity <> ALL (o.kinds));
    v_hint  bigint;
BEGIN
    LOOP
        IF p_modified IS NULL THEN
            v_hint := (SELECT e.id FROM webhook_events e
                        WHERE e.org_id = p_org AND e.hint >= p_digest AND e.hint <= p_digest AND e.status = 'pending'
                        ORDER BY e.hint LIMIT 1);
            RETURN QUERY UPDATE webhook_events w SET told_at = clock_timestamp()
                          WHERE w.id = v_hint AND CASE WHEN w.status = 'pending' THEN w.hint IS NOT NULL ELSE false END
                         RETURNING w.event_id, false;
            EXIT WHEN FOUND;
        ELSIF webhook_event_id(p_org, p_digest) IS NOT NULL THEN
            RETURN QUERY SELECT p_digest, false;
            EXIT;
        END IF;
        RETURN QUERY
            INSERT INTO webhook_events AS w (org_id, event_id, digest, entity, event, zoho_id, modified, complete, payload, status, error,
                                             processed_at, hint)
            SELECT p_org, CASE WHEN p_modified IS NULL AND webhook_event_id(p_org, p_digest) IS NOT NULL
                               THEN p_digest || '-' || replace(CAST(gen_random_uuid() AS text), '-', '') ELSE p_digest END,
                   p_digest, p_entity, p_event, p_zoho_id, p_modified, p_complete, p_payload,
                   CASE WHEN v_error IS NULL THEN 'pending' ELSE 'ignored' END, v_error,
                   CASE WHEN v_error IS NOT NULL THEN clock_timestamp() END,
                   CASE WHEN p_modified IS NULL THEN p_digest END
                ON CONFLICT DO NOTHING
            RETURNING w.event_id, true;
        EXIT WHEN FOUND;
    END LOOP;
END
$$;

-- As before, by the index that has the order.
CREATE OR REPLACE FUNCTION has_another_due(p_event webhook_events) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS
$$
BEGIN
    RETURN EXISTS (SELECT FROM webhook_events o
                    WHERE o.org_id = p_event.org_id AND o.entity = p_event.entity
                      AND o.zoho_id >= p_event.zoho_id AND o.zoho_id <= p_event.zoho_id AND o.status = 'pending'
                      AND o.complete = p_event.complete AND o.due_at <= clock_timestamp() AND o.event_id <> p_event.event_id
                    ORDER BY o.zoho_id OFFSET 0);
END
$$;

-- As before; and a hint that was put off has not begun, unless there is one like it by now.
CREATE OR REPLACE FUNCTION wait_webhook(p_org text, p_event_id text, p_claim timestamptz, p_until timestamptz, p_error text) RETURNS void
    LANGUAGE plpgsql
    SET enable_seqscan = off SET jit = off AS
$$
DECLARE
    v_id bigint := webhook_event_id(p_org, p_event_id);
BEGIN
    UPDATE webhook_events w
       SET due_at = p_until + random() * interval '1 s', claimed_until = NULL, attempts = w.attempts - 1, error = p_error
     WHERE w.id = v_id AND CASE WHEN w.status = 'pending' THEN w.claimed_until = p_claim ELSE false END;
    IF FOUND THEN
        BEGIN
            UPDATE webhook_events w SET hint = w.digest WHERE w.id = v_id AND w.modified IS NULL AND w.attempts = 0;
        EXCEPTION WHEN unique_violation THEN
            NULL;   -- that one is told of what comes
        END;
    END IF;
END
$$;

ALTER FUNCTION webhook_event_id(text, text) SET jit = off;
ALTER FUNCTION fail_webhook(text, text, timestamptz, text, boolean, integer, interval, interval) SET jit = off;
ALTER FUNCTION judge_webhooks(text, text, text, text, text, jsonb) SET jit = off;
