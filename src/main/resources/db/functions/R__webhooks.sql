-- The inbox of webhooks.
-- PostgreSQL makes a plan from the statistics of that moment, and keeps it. While the inbox is small or nothing waits in it, an index seems no
-- better than reading the whole table. In a storm of webhooks such a plan read all pending events, or all events, for each one: seconds for
-- a hundred, until autovacuum had renewed the statistics. So each function here finds events in a way that only one index can serve: by id,
-- or in an order that nothing else gives without sorting (this is why x >= y AND x <= y stands for x = y).
-- The other methods of the planner are switched off (enable_*). If PostgreSQL must use such a method nevertheless, it adds 1e10 to the cost
-- (in version 17 and before), and from a cost of 100,000 on it compiles the statement (jit), which took 0.4 s for each claim. So jit is
-- switched off too, for sessions whose own setting was lost in a pooler.

-- Called by functions of this file, with their planner settings. To set them again takes longer than the look-up.
CREATE OR REPLACE FUNCTION webhook_event_id(p_org text, p_event_id text) RETURNS bigint
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN (SELECT e.id FROM webhook_events e
             WHERE e.org_id = p_org AND e.event_id >= p_event_id AND e.event_id <= p_event_id ORDER BY e.event_id LIMIT 1);
END
$$;

-- Whether another event of the record came after the event with p_digest, with other content for the same time: Zoho moves stock without a new
-- last_modified_time, so the record may have its earlier content again. An event that webhook_returns made a hint has its time in the first
-- event with its digest.
CREATE OR REPLACE FUNCTION webhook_returns(p_org text, p_digest text, p_entity text, p_zoho_id text, p_modified timestamptz) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS
$$
DECLARE
    v_digest   text;
    v_modified timestamptz;
BEGIN
    SELECT e.digest, e.modified INTO v_digest, v_modified FROM webhook_events e
     WHERE e.org_id = p_org AND e.entity = p_entity AND e.zoho_id = p_zoho_id ORDER BY e.received_at DESC LIMIT 1;
    IF v_modified IS NULL AND v_digest <> p_digest THEN
        v_modified := (SELECT e.modified FROM webhook_events e WHERE e.id = webhook_event_id(p_org, v_digest));
    END IF;
    RETURN v_digest <> p_digest AND coalesce(v_modified = p_modified, false);
END
$$;

-- Stores an event; accepted is false if the same event is stored already. If the same event came before one with other content and the same
-- time, it is stored as a hint, because only Zoho knows what the record has now. A hint is an event without last_modified_time. It is the same as an
-- earlier hint only while the work on that one has not begun: then told_at of the earlier one moves. Later it is a new event. The loop is for
-- an equal event that another transaction commits in between. An event of a kind that the organisation does not copy is stored as ignored.
-- If somebody locks the inbox, the sender gets an error after 4 s, so that its connection is free again.
CREATE OR REPLACE FUNCTION receive_webhook(p_org text, p_digest text, p_entity text, p_event text, p_zoho_id text,
                                           p_modified timestamptz, p_complete boolean, p_payload text)
    RETURNS TABLE (key text, accepted boolean)
    LANGUAGE plpgsql
    SET lock_timeout = '4s' SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS
$$
#variable_conflict use_column
DECLARE
    v_error text := (SELECT 'The organisation does not copy this kind' FROM organisations o
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
            IF webhook_returns(p_org, p_digest, p_entity, p_zoho_id, p_modified) THEN
                RETURN QUERY SELECT * FROM receive_webhook(p_org, p_digest, p_entity, p_event, p_zoho_id, NULL, false, p_payload);
            ELSE
                RETURN QUERY SELECT p_digest, false;
            END IF;
            RETURN;
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
    PERFORM hurry_webhooks(p_org, p_entity, p_zoho_id);
END
$$;

-- News of a record makes its events that failed due again, because a hint waits behind them, and pauses grow to hours: at once, or a minute after
-- this happened to the same event before. The oldest five are enough, because the others wait for these. A locked event is being worked on.
-- Called by receive_webhook, with its planner settings, and without a look-up by an array of ids, which PostgreSQL would plan each time: receiving an event
-- takes 0.23 ms in PostgreSQL, and took 0.32 ms with both.
CREATE OR REPLACE FUNCTION hurry_webhooks(p_org text, p_entity text, p_zoho_id text) RETURNS void
    LANGUAGE plpgsql AS
$$
DECLARE
    v_failed bigint[] := ARRAY(SELECT o.id
                                 FROM (SELECT e.id, e.attempts FROM webhook_events e
                                        WHERE e.org_id = p_org AND e.entity = p_entity AND e.zoho_id >= p_zoho_id AND e.zoho_id <= p_zoho_id
                                          AND e.status = 'pending'
                                        ORDER BY e.zoho_id, e.id LIMIT 5) o
                                WHERE o.attempts > 0);
BEGIN
    IF v_failed <> '{}' THEN
        UPDATE webhook_events w
           SET due_at = greatest(clock_timestamp(), w.hurried_at + interval '1 minute'),
               hurried_at = greatest(clock_timestamp(), w.hurried_at + interval '1 minute')
         WHERE w.id = ANY (ARRAY(SELECT e.id FROM webhook_events e
                                  WHERE e.id = ANY (v_failed) AND e.attempts > 0 AND coalesce(e.claimed_until <= clock_timestamp(), true)
                                    AND CASE WHEN e.status = 'pending' THEN e.due_at > greatest(clock_timestamp(), e.hurried_at + interval '1 minute') ELSE false END
                                  ORDER BY e.id
                                    FOR UPDATE SKIP LOCKED));
    END IF;
END
$$;

-- Wakes the workers of the inbox when an event can be processed. PostgreSQL sends the notification with the commit, and sends equal
-- notifications of a transaction once. Transactions that notify are committed one after the other.
CREATE OR REPLACE FUNCTION wake_inbox() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    PERFORM pg_notify('saddlebag_inbox', '');
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER wake_inbox AFTER INSERT OR UPDATE ON webhook_events
    FOR EACH ROW WHEN (NEW.status = 'pending' AND NEW.claimed_until IS NULL AND NEW.due_at <= clock_timestamp())
    EXECUTE FUNCTION wake_inbox();

-- Whether an event is due now, and after how many milliseconds the next one is due; next_ms is null if that is not within p_within.
CREATE OR REPLACE FUNCTION webhooks_due(p_within interval) RETURNS TABLE (due_now boolean, next_ms bigint)
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS
$$
DECLARE
    v_now  timestamptz := clock_timestamp();
    v_due  timestamptz;
    v_next timestamptz;
BEGIN
    due_now := false;
    FOR v_lane IN 0 .. 1 LOOP
        v_due := (SELECT e.due_at FROM webhook_events e
                   WHERE e.status = 'pending' AND e.complete = (v_lane = 1) ORDER BY e.due_at, e.id LIMIT 1);
        IF v_due <= v_now THEN
            due_now := true;
            v_due := (SELECT e.due_at FROM webhook_events e
                       WHERE e.status = 'pending' AND e.complete = (v_lane = 1) AND e.due_at > v_now ORDER BY e.due_at, e.id LIMIT 1);
        END IF;
        v_next := least(v_next, v_due);
    END LOOP;
    next_ms := CASE WHEN v_next <= v_now + p_within THEN ceil(extract(epoch FROM v_next - v_now) * 1000) END;
    RETURN NEXT;
END
$$;

-- The time from which a record that was fetched p_fetches times within the last minute may be fetched again. Null: it may be fetched at once.
CREATE OR REPLACE FUNCTION fetch_again_at(p_org text, p_entity text, p_zoho_id text, p_fetches integer) RETURNS timestamptz
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

-- Claims events that are due, in the order of their due times: one event of each record, and none of a record that is being processed. A claim has
-- about 2 MB of payload at most, because the process holds it in memory. With p_org: only events of this organisation whose records may be fetched
-- in one call. If an earlier event of a record is postponed, a hint waits behind it, because its fetch would fail in the same way; a complete
-- event does not wait. Only one claim at a time is made, because two could claim two events of the same record. A call that finds nothing due,
-- as most do, takes no lock.
CREATE OR REPLACE FUNCTION claim_webhooks(p_complete boolean, p_kinds text[], p_most integer, p_lease interval, p_org text DEFAULT NULL,
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
                                ORDER BY o.zoho_id OFFSET 0) -- OFFSET 0 keeps the planner from making this a join
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

-- Whether an event of a record waits.
CREATE OR REPLACE FUNCTION has_pending_webhook(p_org text, p_entity text, p_zoho_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS
$$
BEGIN
    RETURN EXISTS (SELECT FROM webhook_events e
                    WHERE e.org_id = p_org AND e.entity = p_entity AND e.zoho_id >= p_zoho_id AND e.zoho_id <= p_zoho_id AND e.status = 'pending'
                    ORDER BY e.zoho_id OFFSET 0);
END
$$;

-- Whether the record of an event has another event that is due.
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

-- Whether a webhook's payload lacks a key of the row that the last webhook or an answer by id had. Only Zoho knows whether that key is gone.
CREATE OR REPLACE FUNCTION webhook_lacks(p_source jsonb, p_shapes jsonb, p_payload jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT EXISTS (SELECT FROM jsonb_object_keys(p_source) k
                    WHERE NOT p_payload ? k
                      AND (NOT p_shapes -> 'webhook' ? k OR NOT p_shapes -> 'record' ? k OR NOT p_shapes -> 'details' ? k))
$$;

-- Decides what to do with complete payloads, one for each record:
--   store  the payload is newer
--   older  the row is newer
--   same   the row has this content already
--   fetch  only Zoho knows the content: payload and row differ within the same second; or one of them has no time, or a time in the future; or
--          the row is a tombstone; or there is no row although an event of the record was ignored; or the payload lacks a key that was there
--          before (this is not checked for payloads of the shape none).
CREATE OR REPLACE FUNCTION judge_webhooks(p_org text, p_entity text, p_table text, p_key text, p_id_key text, p_records jsonb, p_shape text)
    RETURNS TABLE (zoho_id text, verdict text)
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET jit = off AS -- a plan made for small tables would read the whole table for each batch
$$
BEGIN
    RETURN QUERY EXECUTE format($judge$
        SELECT s.zoho_id,
               CASE WHEN t.org_id IS NULL THEN CASE WHEN EXISTS (SELECT FROM webhook_events e
                                                                  WHERE e.org_id = $1 AND e.entity = $4 AND e.zoho_id = s.zoho_id
                                                                    AND e.status = 'ignored') THEN 'fetch' ELSE 'store' END
                    WHEN t.deleted_at IS NOT NULL OR t.zoho_modified_at IS NULL OR t.zoho_modified_at > latest_version() THEN 'fetch'
                    WHEN t.zoho_modified_at > s.modified THEN 'older'
                    WHEN $5 = 'webhook' AND webhook_lacks(t.source, t.shapes, s.record) THEN 'fetch'
                    WHEN t.zoho_modified_at < s.modified THEN 'store'
                    WHEN t.source || s.record = t.source THEN 'same'
                    ELSE 'fetch' END
          FROM (SELECT r.record ->> $2 AS zoho_id, zoho_version(r.record ->> 'last_modified_time') AS modified, r.record
                  FROM jsonb_array_elements($3) AS r(record)) s
          LEFT JOIN %I t ON t.org_id = $1 AND t.%I = s.zoho_id
        $judge$, p_table, p_key) USING p_org, p_id_key, p_records, p_entity, p_shape;
END
$$;

-- Postpones an event until Zoho's limits end. This does not count as an attempt. A postponed hint counts as not begun, unless an equal hint
-- waits by now.
CREATE OR REPLACE FUNCTION wait_webhook(p_org text, p_event_id text, p_claim timestamptz, p_until timestamptz, p_error text) RETURNS void
    LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS
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
            NULL;   -- later equal hints repeat the one that waits
        END;
    END IF;
END
$$;

-- Stores that the attempt for an event failed: either there will be another attempt, or the event becomes a dead letter. Only the current claim
-- may do so. Each pause is three times as long as the one before, from p_first up to p_longest, varied at random by up to a fifth.
CREATE OR REPLACE FUNCTION fail_webhook(p_org text, p_event_id text, p_claim timestamptz, p_error text, p_retryable boolean, p_attempts integer,
                                        p_first interval, p_longest interval)
    RETURNS text
    LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS
$$
DECLARE
    v_id    bigint := webhook_event_id(p_org, p_event_id);
    v_event webhook_events%ROWTYPE;
BEGIN
    UPDATE webhook_events w
       SET status = CASE WHEN p_retryable AND w.attempts < p_attempts THEN 'pending' ELSE 'dead' END,
           due_at = clock_timestamp() + least(p_longest, p_first * power(3, least(w.attempts - 1, 20))) * (0.8 + 0.4 * random()),
           processed_at = CASE WHEN NOT p_retryable OR w.attempts >= p_attempts THEN clock_timestamp() END,
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
