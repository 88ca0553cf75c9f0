-- Who works at the inbox is woken when something in it can be worked at: by whatever commits it, and with the commit.
-- PostgreSQL tells a transaction's like notifications once. Transactions that notify commit one after the other.
CREATE FUNCTION wake_inbox() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    PERFORM pg_notify('saddlebag_inbox', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER wake_inbox AFTER INSERT OR UPDATE ON webhook_events
    FOR EACH ROW WHEN (NEW.status = 'pending' AND NEW.claimed_until IS NULL AND NEW.due_at <= clock_timestamp())
    EXECUTE FUNCTION wake_inbox();

-- Whether an event is due now, and in how many milliseconds the next one will be; null: not within this time.
CREATE FUNCTION webhooks_due(p_within interval) RETURNS TABLE (due_now boolean, next_ms bigint)
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
