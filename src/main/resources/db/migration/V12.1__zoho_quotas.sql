-- What each organisation has used of its limits, counted as zoho_take_slot counts. The arguments are the settings; what
-- stands in the organisation's row comes before them. Nulls: nobody set a budget of the day, and Zoho has not said any.
CREATE FUNCTION zoho_quotas(p_per_minute integer, p_per_day integer, p_timeout interval)
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
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.released_at > now()) slots
 -- the bounds that follow from now() alone tell the planner how few rows there are
 CROSS JOIN LATERAL (
       SELECT count(*) AS last_hour, count(*) FILTER (WHERE c.at > now() - interval '1 minute') AS last_minute
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.at > now() - interval '1 hour') recent
 CROSS JOIN LATERAL (
       SELECT count(*) AS today
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.at > now() - interval '24 hours' AND c.at >= day.ends - interval '24 hours') calls
$$;

-- The newest run of a kind, whatever its mode. By id, the planner would rather walk the primary key past all other organisations' runs.
CREATE INDEX sync_runs_of_kind ON sync_runs (org, entity, started_at DESC);
