-- What an independent reading of the door found.

-- A call that was never sent has given its slot back: its released_at is its at. It counts for nothing, neither for the day
-- nor for a run.
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
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.released_at > now()) slots
 -- the bounds that follow from now() alone tell the planner how few rows there are
 CROSS JOIN LATERAL (
       SELECT count(*) AS last_hour, count(*) FILTER (WHERE c.at > now() - interval '1 minute') AS last_minute
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.at > now() - interval '1 hour' AND c.released_at > c.at) recent
 CROSS JOIN LATERAL (
       SELECT count(*) AS today
         FROM zoho_calls c WHERE c.org_id = o.org_id AND c.at > now() - interval '24 hours' AND c.at >= day.ends - interval '24 hours'
          AND c.released_at > c.at) calls
$$;

CREATE OR REPLACE VIEW zoho_calls_by_run AS
SELECT c.run_id, c.org_id, c.purpose, count(*) AS calls,
       count(*) FILTER (WHERE c.status IS NULL) AS unanswered,
       count(*) FILTER (WHERE c.zoho_code = '44') AS minute_hits,
       count(*) FILTER (WHERE c.zoho_code = '45') AS day_hits,
       count(*) FILTER (WHERE c.zoho_code = '1070') AS in_process_hits,
       round(avg(c.ms)) AS ms, min(c.at) AS first_at, max(c.at) AS last_at
  FROM zoho_calls c WHERE c.released_at > c.at GROUP BY c.run_id, c.org_id, c.purpose;

CREATE OR REPLACE FUNCTION abandon_stale_runs(p_stale interval) RETURNS void
    LANGUAGE sql AS
$$
    UPDATE sync_runs
       SET status = 'abandoned', finished_at = clock_timestamp(), waiting_until = NULL, waiting_for = NULL,
           calls = (SELECT count(*) FROM zoho_calls c WHERE c.run_id = sync_runs.id AND c.released_at > c.at),
           error = 'Its process was not heard of for ' || extract(epoch FROM p_stale)::integer
                   || ' s: stopped, killed or cut off from the database. The next run goes on from its cursor.'
     -- a row that somebody is writing is not silent
     WHERE id IN (SELECT id FROM sync_runs
                   WHERE status = 'running' AND greatest(heartbeat_at, waiting_until) < clock_timestamp() - p_stale
                     FOR UPDATE SKIP LOCKED)
$$;

CREATE OR REPLACE VIEW sync_runs_api AS
SELECT r.id, r.org, r.entity, r.status,
       json_build_object(
           'id', r.id, 'org', r.org, 'entity', r.entity, 'mode', r.mode, 'trigger', r.trigger, 'status', r.status,
           'waitingUntil', r.waiting_until, 'waitingFor', r.waiting_for, 'dryRun', r.dry_run,
           'startedAt', r.started_at, 'finishedAt', r.finished_at, 'pages', r.pages,
           'calls', CASE WHEN r.status = 'running' THEN (SELECT count(*) FROM zoho_calls c WHERE c.run_id = r.id AND c.released_at > c.at)
                         ELSE r.calls END,
           'seen', r.seen, 'created', r.created, 'updated', r.updated, 'unchanged', r.unchanged,
           'deleted', r.deleted, 'rejected', r.rejected, 'error', r.error) AS run
  FROM sync_runs r;
