-- The ledger of every call to Zoho. A row is committed before its call is sent and is the limiter of all replicas.
CREATE TABLE zoho_calls (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id      text        NOT NULL,
    at          timestamptz NOT NULL,   -- when the slot was taken: the call left after this moment, never before
    answered_at timestamptz,
    released_at timestamptz NOT NULL,   -- until when it holds its slot: 60 s after its answer, or after its time-out
    method      text        NOT NULL,
    path        text        NOT NULL,
    status      integer,
    zoho_code   text,
    ms          integer,
    purpose     text        NOT NULL CHECK (purpose IN ('pull', 'webhook', 'push', 'check')),
    run_id      bigint
);
CREATE INDEX zoho_calls_held ON zoho_calls (org_id, released_at);
CREATE INDEX zoho_calls_day ON zoho_calls (org_id, at);
CREATE INDEX zoho_calls_run ON zoho_calls (run_id) WHERE run_id IS NOT NULL;

-- Takes a slot, or says how long to wait and for what (minute, day, in-flight). Callers of one organisation take turns
-- by an advisory lock; the clock is read and the rows are counted only after it, so no two see the same free slot.
-- pull and push are spaced evenly over the minute, so that a webhook or a person never waits for a whole burst.
CREATE FUNCTION zoho_take_slot(p_org text, p_method text, p_path text, p_purpose text, p_run_id bigint,
                               p_per_minute integer, p_per_day integer, p_in_flight integer, p_timeout interval)
    RETURNS TABLE (call_id bigint, sent_at timestamptz, wait_ms bigint, waiting_for text)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_now      timestamptz;
    v_org      organisations%ROWTYPE;
    v_held     integer;
    v_flying   integer;
    v_paced    timestamptz;
    v_day_from timestamptz;
    v_until    timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('zoho_calls ' || p_org, 0));
    v_now := clock_timestamp();
    SELECT * INTO v_org FROM organisations o WHERE o.org_id = p_org;

    IF v_org.blocked_until > v_now THEN
        v_until := v_org.blocked_until;
        waiting_for := v_org.blocked_for;
    ELSIF p_per_day IS NULL AND v_org.day_remaining <= 0 AND v_org.day_resets_at > v_now THEN
        v_until := v_org.day_resets_at;
        waiting_for := 'day';
    ELSE
        SELECT count(*), count(*) FILTER (WHERE c.answered_at IS NULL AND c.at + p_timeout > v_now),
               max(c.at) FILTER (WHERE c.purpose IN ('pull', 'push'))
          INTO v_held, v_flying, v_paced
          FROM zoho_calls c WHERE c.org_id = p_org AND c.released_at > v_now;
        IF v_held >= p_per_minute THEN
            SELECT c.released_at INTO v_until FROM zoho_calls c
             WHERE c.org_id = p_org AND c.released_at > v_now ORDER BY c.released_at
            OFFSET v_held - p_per_minute LIMIT 1;
            waiting_for := 'minute';
        ELSIF v_flying >= p_in_flight THEN
            v_until := v_now + interval '100 ms';
            waiting_for := 'in-flight';
        ELSIF p_purpose IN ('pull', 'push') AND v_paced + interval '1 minute' / p_per_minute > v_now THEN
            v_until := v_paced + interval '1 minute' / p_per_minute;
            waiting_for := 'minute';
        ELSIF p_per_day IS NOT NULL THEN
            v_day_from := CASE WHEN v_org.day_resets_at > v_now THEN v_org.day_resets_at - interval '1 day'
                               ELSE date_trunc('day', v_now) END;
            IF (SELECT count(*) FROM zoho_calls c WHERE c.org_id = p_org AND c.at >= v_day_from) >= p_per_day THEN
                v_until := v_day_from + interval '1 day';
                waiting_for := 'day';
            END IF;
        END IF;
    END IF;

    IF v_until IS NULL THEN
        INSERT INTO zoho_calls (org_id, at, released_at, method, path, purpose, run_id)
        VALUES (p_org, v_now, v_now + p_timeout + interval '1 minute', p_method, p_path, p_purpose, p_run_id)
        RETURNING id INTO call_id;
        sent_at := v_now;
        wait_ms := 0;
    ELSE
        wait_ms := greatest(1, ceil(extract(epoch FROM v_until - v_now) * 1000));
    END IF;
    RETURN NEXT;
END
$$;
