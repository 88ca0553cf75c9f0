-- Alerts: the present problems become changes of state, and these become messages.

-- Compares the problems that health finds now with those of before. p_findings is a JSON array of objects with key, org, text and mend. For each change
-- of state, one message to each channel is written in the same transaction. Does nothing unless p_process has the turn (take_alert_turn).
-- If a problem fires again within p_quiet after its last message, the next message waits until p_quiet is over and gives the number of changes; if the
-- problem has ended by then, no message is written. If more than p_storm problems would be reported within a minute, all of them go into one message,
-- and there is at most one such message a minute. Returns the changes of state.
-- If all channels gave up their messages about a problem that still fires, nobody has been told of it, and it is due as one whose last message was written
-- then. If only some channels gave up, they alone get another message: after p_quiet, or as soon as they have taken any other message. So does a channel that
-- took the message that a problem fires and gave up the one that it is over.
CREATE OR REPLACE FUNCTION watch_alerts(p_process text, p_findings jsonb, p_channels text[], p_quiet interval, p_storm integer)
    RETURNS TABLE (key text, state text, text text)
    LANGUAGE plpgsql AS
$$
#variable_conflict use_column
DECLARE
    v_now      timestamptz := clock_timestamp();
    v_gathered timestamptz;
    v_due      text[];
    v_lately   integer;
    v_changed  text[];
BEGIN
    -- A process that was paused may have lost its turn. It must not write findings that are out of date.
    UPDATE alert_watch w SET watched_at = v_now WHERE w.process = p_process AND w.process_until > v_now RETURNING w.gathered_at INTO v_gathered;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    WITH found AS (
        SELECT f.* FROM jsonb_to_recordset(p_findings) AS f(key text, org text, text text, mend jsonb)
    ), fired AS (
        INSERT INTO alerts AS a (key, org_id, state, since, text, mend)
        SELECT f.key, f.org, 'firing', v_now, f.text, NULLIF(f.mend, 'null') FROM found f ORDER BY f.key
            ON CONFLICT (key) DO UPDATE
           SET state = 'firing', org_id = EXCLUDED.org_id, text = EXCLUDED.text, mend = EXCLUDED.mend,
               since = CASE WHEN a.state = 'firing' THEN a.since ELSE v_now END, changes = a.changes + CASE WHEN a.state = 'firing' THEN 0 ELSE 1 END
         WHERE a.state <> 'firing' OR (a.text, a.mend) IS DISTINCT FROM (EXCLUDED.text, EXCLUDED.mend)
        RETURNING a.key, a.since
    ), resolved AS (
        UPDATE alerts a SET state = 'resolved', since = v_now, changes = a.changes + 1
         WHERE a.state = 'firing' AND NOT EXISTS (SELECT FROM found f WHERE f.key = a.key)
        RETURNING a.key, a.since
    )
    SELECT array_agg(c.key) INTO v_changed FROM (SELECT * FROM fired UNION ALL SELECT * FROM resolved) c WHERE c.since = v_now;

    IF cardinality(p_channels) > 0 THEN
        UPDATE alerts a SET told_state = NULL, told_at = NULL
         WHERE a.state = 'firing' AND a.told_state = 'firing'
           AND EXISTS (SELECT FROM alert_messages m WHERE m.given_up_at >= a.since AND m.alerts @> jsonb_build_array(jsonb_build_object('key', a.key)))
           AND NOT EXISTS (SELECT FROM alert_messages m
                            WHERE m.given_up_at IS NULL AND m.created_at >= a.since AND m.alerts @> jsonb_build_array(jsonb_build_object('key', a.key)));

        v_due := ARRAY(SELECT a.key FROM alerts a
                        WHERE a.state <> coalesce(a.told_state, 'resolved') AND coalesce(a.muted_until, '-infinity') <= v_now
                          AND (a.state = 'resolved' OR coalesce(a.fired_at, '-infinity') <= v_now - p_quiet));
        SELECT count(*) INTO v_lately FROM alerts a WHERE a.told_at > v_now - interval '1 minute';
        IF cardinality(v_due) + v_lately <= p_storm THEN
            PERFORM tell_alerts(ARRAY[d], p_channels) FROM unnest(v_due) d;
        ELSIF cardinality(v_due) > 0 AND v_gathered <= v_now - interval '1 minute' THEN
            PERFORM tell_alerts(v_due, p_channels);
            UPDATE alert_watch SET gathered_at = v_now;
        END IF;
        PERFORM tell_alerts(g.keys, ARRAY[g.channel])
           FROM (SELECT u.channel, array_agg(u.key) AS keys FROM given_up_alerts(p_channels) u
                  WHERE u.given_up_at <= v_now - p_quiet
                     OR EXISTS (SELECT FROM alert_messages m WHERE m.channel = u.channel AND m.sent_at > u.given_up_at)
                  GROUP BY u.channel) g;
    END IF;
    RETURN QUERY SELECT a.key, a.state, a.text FROM alerts a WHERE a.key = ANY (v_changed) ORDER BY a.key;
END
$$;

-- The problems that are not muted, by the channels that gave up the last message about them. A problem that is over is among them if the last message about it
-- that the channel took said that it fires.
CREATE OR REPLACE FUNCTION given_up_alerts(p_channels text[]) RETURNS TABLE (channel text, key text, given_up_at timestamptz)
    LANGUAGE sql STABLE AS
$$
    SELECT c.channel, a.key, l.given_up_at
      FROM unnest(p_channels) AS c(channel)
      JOIN alerts a ON a.state = coalesce(a.told_state, 'firing') AND coalesce(a.muted_until, '-infinity') <= clock_timestamp()
     CROSS JOIN LATERAL (SELECT jsonb_build_array(jsonb_build_object('key', a.key)) AS it, jsonb_build_array(jsonb_build_object('key', a.key, 'state', 'firing')) AS it_fires) t
     CROSS JOIN LATERAL (SELECT m.given_up_at FROM alert_messages m WHERE m.channel = c.channel AND m.alerts @> t.it ORDER BY m.id DESC LIMIT 1) l
     WHERE EXISTS (SELECT FROM alert_messages m -- has an index, and is rarely so
                    WHERE m.channel = c.channel AND m.given_up_at >= least(a.since, a.fired_at) AND m.alerts @> t.it)
       AND l.given_up_at IS NOT NULL
       AND (a.state = 'firing'
            OR (SELECT m.alerts @> t.it_fires FROM alert_messages m WHERE m.channel = c.channel AND m.sent_at IS NOT NULL AND m.alerts @> t.it ORDER BY m.id DESC LIMIT 1))
$$;

-- Lets one process at a time watch for alerts. That process keeps its turn as long as it renews it; after p_lease without a renewal another one
-- gets the turn. Returns whether a heartbeat is due; no row: another process has the turn.
CREATE OR REPLACE FUNCTION take_alert_turn(p_process text, p_lease interval) RETURNS TABLE (heartbeat_due boolean)
    LANGUAGE sql AS
$$
    UPDATE alert_watch w SET process = p_process, process_until = clock_timestamp() + p_lease
     WHERE w.process = p_process OR w.process_until <= clock_timestamp()
    RETURNING w.heartbeat_due_at <= clock_timestamp()
$$;

-- Writes one message for each channel. The failure of a channel is not reported to that channel itself. If there is no other channel, nobody is told of it: its
-- told_state follows, so that no message is due, and the time of its last message stays.
CREATE OR REPLACE FUNCTION tell_alerts(p_keys text[], p_channels text[]) RETURNS void
    LANGUAGE sql AS
$$
    INSERT INTO alert_messages (channel, alerts)
    SELECT c.channel, jsonb_agg(jsonb_build_object('key', a.key, 'org', a.org_id, 'state', a.state, 'since', a.since, 'text', a.text,
                                                   'changes', a.changes, 'mend', a.mend) ORDER BY a.state, a.key)
      FROM unnest(p_channels) AS c(channel)
      JOIN alerts a ON a.key = ANY (p_keys) AND a.key <> 'alerts.' || c.channel
     GROUP BY c.channel;
    UPDATE alerts SET told_state = state WHERE key = ANY (p_keys);
    UPDATE alerts a
       SET told_at = clock_timestamp(), changes = 0, fired_at = CASE WHEN a.state = 'firing' THEN clock_timestamp() ELSE a.fired_at END
     WHERE a.key = ANY (p_keys) AND EXISTS (SELECT FROM unnest(p_channels) AS c(channel) WHERE a.key <> 'alerts.' || c.channel);
$$;

-- Claims the oldest message of a channel for this process, if it is due and no other process is sending it. So the messages of a channel keep their order.
-- First gives up the messages that are older than p_give_up_after.
CREATE OR REPLACE FUNCTION claim_alert_message(p_channel text, p_lease interval, p_give_up_after interval) RETURNS SETOF alert_messages
    LANGUAGE sql AS
$$
    UPDATE alert_messages m SET given_up_at = clock_timestamp()
     WHERE m.channel = p_channel AND m.sent_at IS NULL AND m.given_up_at IS NULL AND m.created_at < clock_timestamp() - p_give_up_after
       AND coalesce(m.claimed_until, '-infinity') <= clock_timestamp();
    UPDATE alert_messages m SET attempts = m.attempts + 1, claimed_until = clock_timestamp() + p_lease
     WHERE m.id = (SELECT o.id FROM alert_messages o WHERE o.channel = p_channel AND o.sent_at IS NULL AND o.given_up_at IS NULL ORDER BY o.id LIMIT 1 FOR UPDATE)
       AND m.due_at <= clock_timestamp() AND coalesce(m.claimed_until, '-infinity') <= clock_timestamp()
    RETURNING m.*
$$;

-- The state of each channel: when it last took a message, how many messages wait, and since when and why the oldest of them cannot be delivered. A
-- message counts as failing from its third attempt on. One that was given up after an attempt counts as failing until another message is delivered. The error of
-- a channel that does not fail says who did not get its last message.
CREATE OR REPLACE FUNCTION alert_channels(p_channels text[])
    RETURNS TABLE (channel text, last_sent_at timestamptz, waiting bigint, failing_since timestamptz, error text)
    LANGUAGE sql STABLE AS
$$
    SELECT c.channel, s.sent_at, o.waiting, coalesce(f.created_at, g.created_at), coalesce(f.error, g.error, s.error)
      FROM unnest(p_channels) AS c(channel)
      LEFT JOIN LATERAL (SELECT m.sent_at, m.error FROM alert_messages m WHERE m.channel = c.channel AND m.sent_at IS NOT NULL ORDER BY m.sent_at DESC LIMIT 1) s ON true
      LEFT JOIN LATERAL (SELECT count(*) AS waiting FROM alert_messages m WHERE m.channel = c.channel AND m.sent_at IS NULL AND m.given_up_at IS NULL) o ON true
      LEFT JOIN LATERAL (SELECT m.created_at, m.error FROM alert_messages m
                          WHERE m.channel = c.channel AND m.sent_at IS NULL AND m.given_up_at IS NULL AND m.attempts >= 3 AND m.error IS NOT NULL
                          ORDER BY m.id LIMIT 1) f ON true
      LEFT JOIN LATERAL (SELECT m.created_at, m.error FROM alert_messages m
                          WHERE m.channel = c.channel AND m.kind = 'alert' AND m.error IS NOT NULL AND m.given_up_at > coalesce(s.sent_at, '-infinity') ORDER BY m.id LIMIT 1) g ON true
     ORDER BY c.channel
$$;
