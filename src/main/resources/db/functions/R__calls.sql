-- The ledger of calls to Zoho: who may send the next call, and how much of the limits is used.

-- Takes a slot of the ledger, or says how long to wait and for which limit (minute, day, in-flight). Callers of one organisation
-- take turns by lock_work. The clock is read and the rows are counted only after the lock, so no two callers see the same slot.
--
-- A call for a webhook or a person takes any free slot. Bulk work (pull, push) leaves room for such calls in two ways: it spreads the
-- free slots over the time until more are released, so that the next slot and the next place in flight are soon free; and while such
-- a call waits, bulk work takes no slot. A run that uses the ledger alone is not slowed down by this.
--
-- Pulls and pushes share the slots of bulk work. While both wait, pushes go first until they have two fifths of them, then pulls go
-- first: of 90 slots, pushes get 36 beside a full pull, and pulls get 54 beside pushes without end. If only one of the two waits, it
-- may take the other's share.
--
-- The limits are the caller's settings, unless the organisation's row has its own. Calls to Meta are in the ledger too, but use no
-- slot of Zoho's.
CREATE OR REPLACE FUNCTION zoho_take_slot(p_org text, p_method text, p_path text, p_purpose text, p_run_id bigint,
                                          p_per_minute integer, p_per_day integer, p_in_flight integer, p_timeout interval,
                                          p_day_reserve integer DEFAULT 5,     -- percent of the daily quota that bulk work leaves to others
                                          p_records integer DEFAULT NULL,      -- number of records that the call writes
                                          p_push_per_minute integer DEFAULT NULL)  -- slots of all pushes; null: no limit of their own
    RETURNS TABLE (call_id bigint, sent_at timestamptz, wait_ms bigint, waiting_for text, per_minute integer)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_bulk       boolean := p_purpose IN ('pull', 'push');
    v_now        timestamptz;
    v_org        organisations%ROWTYPE;
    v_per_day    integer;
    v_places     integer;
    v_held       integer;       -- slots in use ...
    v_held_bulk  integer;       -- ... by bulk work
    v_held_push  integer;       -- ... by pushes
    v_rival      timestamptz;   -- until then the other kind of bulk work waits for a slot
    v_capped     boolean := false;  -- a push waits for its own limit
    v_flying     integer;
    v_crowded    boolean;
    v_last       timestamptz;   -- when bulk work took its last slot
    v_next_slot  timestamptz;   -- when the next slot is released at the earliest
    v_oldest     timestamptz;   -- when the oldest call in flight left
    v_usual      interval;      -- median duration of the latest calls
    v_day_end    timestamptz;
    v_day_left   integer;
    v_day_limit  integer;
    v_day_from   timestamptz;
    v_day_calls  integer;
    v_day_known  boolean;       -- the organisation's row has a count of this day's calls
    v_until      timestamptz;
BEGIN
    PERFORM lock_work('zoho_calls ' || p_org);
    v_now := clock_timestamp();
    SELECT * INTO v_org FROM organisations o WHERE o.org_id = p_org;
    per_minute := coalesce(v_org.calls_per_minute, p_per_minute);
    v_per_day := coalesce(v_org.calls_per_day, p_per_day);
    v_places := coalesce(v_org.calls_in_flight, p_in_flight);

    SELECT count(*), count(*) FILTER (WHERE c.purpose IN ('pull', 'push')), count(*) FILTER (WHERE c.purpose = 'push'),
           count(*) FILTER (WHERE c.answered_at IS NULL AND c.at + p_timeout > v_now),
           coalesce(bool_or(c.zoho_code = '1070' AND c.answered_at > v_now - interval '5 seconds'), false),
           max(c.at) FILTER (WHERE c.purpose IN ('pull', 'push')),
           min(coalesce(c.answered_at, c.at)) + interval '1 minute',
           min(c.at) FILTER (WHERE c.answered_at IS NULL AND c.at + p_timeout > v_now)
      INTO v_held, v_held_bulk, v_held_push, v_flying, v_crowded, v_last, v_next_slot, v_oldest
      FROM zoho_calls c WHERE c.org_id = p_org AND c.released_at > v_now AND c.product IS DISTINCT FROM 'meta';
    -- after code 1070 (too many calls in process) other clients share Zoho's places: for 5 s take half of ours
    v_places := CASE WHEN v_crowded THEN greatest(1, v_places / 2) ELSE v_places END;

    v_rival := CASE p_purpose WHEN 'pull' THEN v_org.push_wanted_until WHEN 'push' THEN v_org.pull_wanted_until END;

    IF v_org.blocked_until > v_now THEN
        v_until := v_org.blocked_until;
        waiting_for := v_org.blocked_for;
    ELSIF p_path LIKE '/crm/%' AND v_org.credits_blocked_until > v_now THEN
        v_until := v_org.credits_blocked_until;
        waiting_for := 'day';
    ELSIF v_held >= per_minute THEN
        SELECT c.released_at INTO v_until FROM zoho_calls c
         WHERE c.org_id = p_org AND c.released_at > v_now AND c.product IS DISTINCT FROM 'meta' ORDER BY c.released_at
        OFFSET v_held - per_minute LIMIT 1;
        waiting_for := 'minute';
    ELSIF v_flying >= v_places THEN
        v_until := v_now + interval '100 ms';
        waiting_for := 'in-flight';
    ELSE
        -- the day ends at the time that Zoho last named, or whole days after that; if Zoho never named one, at midnight UTC
        v_day_end := coalesce(v_org.day_resets_at + interval '24 hours'
                                  * (floor(extract(epoch FROM v_now - v_org.day_resets_at) / 86400) + 1),
                              date_trunc('day', v_now, 'UTC') + interval '24 hours');
        IF v_per_day IS NOT NULL THEN
            v_day_limit := v_per_day;
            v_day_from := v_day_end - interval '24 hours';
            -- Zoho names the end of the day in whole seconds from now, so it moves a little with each answer
            v_day_known := coalesce(v_org.day_counted_to <= v_now
                                    AND v_org.day_counted_from BETWEEN v_day_from - interval '5 minutes' AND v_day_from + interval '5 minutes',
                                    false);
            SELECT count(*) INTO v_day_calls FROM zoho_calls c
             WHERE c.org_id = p_org AND c.at >= CASE WHEN v_day_known THEN v_org.day_counted_to ELSE v_day_from END
               AND c.released_at > c.at     -- a call that was never sent does not count
               AND c.product IS DISTINCT FROM 'meta';
            v_day_left := v_per_day - v_day_calls - CASE WHEN v_day_known THEN v_org.day_counted ELSE 0 END;
            IF v_day_calls > 500 OR v_org.day_counted_to > v_now THEN
                UPDATE organisations o
                   SET day_counted = v_per_day - v_day_left, day_counted_to = v_now,
                       day_counted_from = CASE WHEN v_day_known THEN o.day_counted_from ELSE v_day_from END
                 WHERE o.org_id = p_org;
            END IF;
        ELSIF v_org.day_resets_at > v_now THEN
            v_day_limit := coalesce(v_org.day_limit, 0);
            v_day_left := v_org.day_remaining - v_flying;   -- Zoho has not counted the calls in flight yet
        END IF;
        IF v_day_left <= (CASE WHEN v_bulk THEN v_day_limit::bigint * p_day_reserve / 100 ELSE 0 END) THEN
            v_until := v_day_end;
            waiting_for := 'day';
        ELSIF v_bulk AND v_org.wanted_until > v_now AND v_held_bulk * 10 >= v_held THEN
            v_until := v_org.wanted_until;  -- bulk work gets a tenth of the slots, however many other calls come
            waiting_for := 'minute';
        ELSIF p_purpose = 'push' AND v_held_push >= p_push_per_minute THEN
            SELECT c.released_at INTO v_until FROM zoho_calls c
             WHERE c.org_id = p_org AND c.released_at > v_now AND c.purpose = 'push' AND c.product IS DISTINCT FROM 'meta' ORDER BY c.released_at
            OFFSET v_held_push - p_push_per_minute LIMIT 1;
            waiting_for := 'minute';
            v_capped := true;
        ELSIF v_rival > v_now AND (p_purpose = 'push') = (v_held_push * 5 >= v_held_bulk * 2) THEN
            v_until := least(v_rival, greatest(v_rival - interval '250 ms', v_now + interval '50 ms'));
            waiting_for := 'minute';
        ELSIF v_bulk AND v_last IS NOT NULL THEN
            v_until := v_last + greatest(interval '1 minute' / per_minute,
                                         least((v_next_slot - v_last) / (per_minute - v_held + 1), interval '5 seconds'));
            waiting_for := 'minute';
            IF v_until <= v_now AND v_flying > 0 THEN
                SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY l.ms) * interval '1 ms' INTO v_usual
                  FROM (SELECT c.ms FROM zoho_calls c WHERE c.org_id = p_org AND c.released_at > v_now AND c.ms IS NOT NULL
                           AND c.product IS DISTINCT FROM 'meta'
                         ORDER BY c.released_at DESC LIMIT 9) l;
                IF v_usual > interval '1 second' THEN   -- if places are free again within a second, there is nothing to spread
                    v_until := v_last + (v_oldest + v_usual - v_last) / (v_places - v_flying + 1);
                    waiting_for := 'in-flight';
                    IF v_until > v_now THEN     -- an estimate: look again soon
                        v_until := least(v_until, v_now + interval '100 ms');
                    END IF;
                END IF;
            END IF;
        END IF;
    END IF;

    IF v_until > v_now THEN
        -- a wait writes nothing that must survive a crash, so its commit does not wait for the disk and does not delay the next caller
        PERFORM set_config('synchronous_commit', 'off', true);
        wait_ms := ceil(extract(epoch FROM v_until - v_now) * 1000);
        IF NOT v_bulk AND waiting_for IN ('minute', 'in-flight') THEN
            -- 300 ms more for the caller to come back; if it does not, bulk work waits no longer than that
            UPDATE organisations o SET wanted_until = greatest(o.wanted_until, v_until + interval '300 ms') WHERE o.org_id = p_org;
        ELSIF p_purpose = 'push' AND waiting_for IN ('minute', 'in-flight') AND NOT v_capped AND (v_held_bulk > v_held_push OR v_rival > v_now) THEN
            UPDATE organisations o SET push_wanted_until = v_until + interval '300 ms' WHERE o.org_id = p_org;
        ELSIF p_purpose = 'pull' AND waiting_for IN ('minute', 'in-flight') AND (v_held_push > 0 OR v_rival > v_now) THEN
            UPDATE organisations o SET pull_wanted_until = v_until + interval '300 ms' WHERE o.org_id = p_org;
        END IF;
    ELSE
        INSERT INTO zoho_calls (org_id, at, released_at, method, path, purpose, run_id, product, records, credits)
        VALUES (p_org, v_now, v_now + p_timeout + interval '1 minute', p_method, p_path, p_purpose, p_run_id,
                NULLIF(split_part(p_path, '/', 2), ''), p_records,
                CASE WHEN p_path LIKE '/crm/%' THEN greatest(1, ceil(coalesce(p_records, 1) / 10.0)) END)
        RETURNING id INTO call_id;
        sent_at := v_now;
        wait_ms := 0;
        waiting_for := NULL;
    END IF;
    RETURN NEXT;
END
$$;

-- How much of its limits each organisation has used, counted as zoho_take_slot counts. The arguments are the settings, which the
-- organisation's row overrides. Null: no daily limit is set, and Zoho has not named one. A call that was never sent
-- (released_at = at) does not count.
CREATE OR REPLACE FUNCTION zoho_quotas(p_per_minute integer, p_per_day integer, p_timeout interval)
    RETURNS TABLE (org_id text, per_minute integer, slots_held bigint, calls_in_last_minute bigint, calls_in_last_hour bigint,
                   calls_today bigint, day_limit integer, day_remaining integer, day_resets_at timestamptz)
    LANGUAGE sql STABLE AS
$$
SELECT o.org_id, coalesce(o.calls_per_minute, p_per_minute), slots.held, recent.last_minute, recent.last_hour, calls.today,
       day.budget,
       CASE WHEN day.budget IS NOT NULL
            THEN CAST(greatest(0, CASE WHEN day.given IS NULL THEN o.day_remaining - slots.flying ELSE day.given - calls.today END) AS integer) END,
       CASE WHEN day.budget IS NOT NULL THEN day.ends END
  FROM organisations o
 CROSS JOIN LATERAL (
       SELECT g.given, g.ends, coalesce(g.given, CASE WHEN o.day_resets_at > now() THEN o.day_limit END) AS budget
         FROM (SELECT coalesce(o.calls_per_day, p_per_day) AS given,
                      coalesce(o.day_resets_at + interval '24 hours' * (floor(extract(epoch FROM now() - o.day_resets_at) / 86400) + 1),
                               date_trunc('day', now(), 'UTC') + interval '24 hours') AS ends) g) day
 CROSS JOIN LATERAL (
       SELECT count(*) AS held, count(*) FILTER (WHERE c.answered_at IS NULL AND c.at + p_timeout > now()) AS flying
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.released_at > now() AND c.product IS DISTINCT FROM 'meta') slots
 -- bounds that depend on now() alone let the planner estimate how few rows there are
 CROSS JOIN LATERAL (
       SELECT count(*) AS last_hour, count(*) FILTER (WHERE c.at > now() - interval '1 minute') AS last_minute
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.at > now() - interval '1 hour' AND c.released_at > c.at
          AND c.product IS DISTINCT FROM 'meta') recent
 CROSS JOIN LATERAL (
       SELECT count(*) AS today
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.at > now() - interval '24 hours' AND c.at >= day.ends - interval '24 hours'
          AND c.released_at > c.at AND c.product IS DISTINCT FROM 'meta') calls
$$;

-- Calls of an organisation, newest first, as far back as the ledger goes. A parameter that is null sets no condition. The statement is built from the given conditions, so that
-- calls that were refused or slow (2 s or more) are found by indexes of them alone.
CREATE OR REPLACE FUNCTION calls_page(p_org text, p_purpose text, p_only text, p_before bigint, p_limit bigint) RETURNS SETOF zoho_calls
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN QUERY EXECUTE 'SELECT * FROM zoho_calls WHERE org_id = $1 AND released_at > at'
        || CASE WHEN p_purpose IS NOT NULL THEN ' AND purpose = $2' ELSE '' END
        || CASE p_only WHEN 'refused' THEN ' AND (status >= 400 OR status IS NULL AND answered_at IS NOT NULL)'
                       WHEN 'slow' THEN ' AND ms >= 2000' ELSE '' END
        || CASE WHEN p_before IS NOT NULL THEN ' AND id < $3 AND at <= coalesce((SELECT b.at FROM zoho_calls b WHERE b.id = $3), ''infinity'')' ELSE '' END
        || ' ORDER BY at DESC, id DESC LIMIT $4'
        USING p_org, p_purpose, p_before, p_limit;
END
$$;

-- The calls of each run, and how often Zoho answered that a limit was exceeded. run_id is null for calls outside of runs.
CREATE OR REPLACE VIEW zoho_calls_by_run AS
SELECT c.run_id, c.org_id, c.purpose, count(*) AS calls,
       count(*) FILTER (WHERE c.status IS NULL) AS unanswered,
       count(*) FILTER (WHERE c.zoho_code IN ('44', 'TOO_MANY_REQUESTS')) AS minute_hits,
       count(*) FILTER (WHERE c.zoho_code = '45') AS day_hits,
       count(*) FILTER (WHERE c.zoho_code = '1070') AS in_process_hits,
       round(avg(c.ms)) AS ms, min(c.at) AS first_at, max(c.at) AS last_at, sum(c.records) AS records, sum(c.credits) AS credits
  FROM zoho_calls c WHERE c.released_at > c.at GROUP BY c.run_id, c.org_id, c.purpose;

-- Takes a slot for a call to an organisation's catalogue at Meta, or says how long to wait. Meta has its own limits, so its calls are counted separately, under
-- a lock of their own. catalogue is null if the organisation has none.
CREATE OR REPLACE FUNCTION meta_take_slot(p_org text, p_method text, p_path text, p_purpose text, p_run_id bigint, p_records integer,
                                          p_per_minute integer, p_timeout interval)
    RETURNS TABLE (call_id bigint, sent_at timestamptz, wait_ms bigint, catalogue text, token bytea)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_now     timestamptz;
    v_until   timestamptz;
BEGIN
    PERFORM lock_work('meta_calls ' || p_org);
    v_now := clock_timestamp();
    SELECT o.meta_catalogue, o.meta_token, o.meta_blocked_until INTO catalogue, token, v_until FROM organisations o WHERE o.org_id = p_org;
    IF v_until IS NULL OR v_until <= v_now THEN
        SELECT min(c.released_at) INTO v_until FROM zoho_calls c
         WHERE c.org_id = p_org AND c.released_at > v_now AND c.product = 'meta' HAVING count(*) >= p_per_minute;
    END IF;
    wait_ms := greatest(0, ceil(extract(epoch FROM v_until - v_now) * 1000));
    IF catalogue IS NOT NULL AND token IS NOT NULL AND coalesce(wait_ms, 0) = 0 THEN
        INSERT INTO zoho_calls (org_id, at, released_at, method, path, purpose, run_id, product, records)
        VALUES (p_org, v_now, v_now + p_timeout + interval '1 minute', p_method, replace(p_path, '{catalogue}', catalogue), p_purpose, p_run_id, 'meta', p_records)
        RETURNING id INTO call_id;
        sent_at := v_now;
    END IF;
    RETURN NEXT;
END
$$;
