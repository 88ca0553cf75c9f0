-- Runs: start, resume, and how the API shows them.

-- Starts a run, or gives the id of the one that is running. A run without a heartbeat for p_stale is abandoned first. The newest run of the
-- same mode, if it broke off, is resumed from its cursor; a dry one as a dry one. A run of a push target (p_request is not null) resumes only one
-- that was asked for the same, also a cancelled one: what that run wrote is not written again.
CREATE OR REPLACE FUNCTION start_run(p_org text, p_entity text, p_mode text, p_trigger text, p_stale interval, p_resume_within interval,
                                     p_dry_run boolean DEFAULT false, p_request jsonb DEFAULT NULL)
    RETURNS TABLE (run_id bigint, started boolean)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_last sync_runs%ROWTYPE;
BEGIN
    PERFORM abandon_stale_runs(p_stale);
    SELECT * INTO v_last FROM sync_runs r
     WHERE r.org = p_org AND r.entity = p_entity AND r.mode = p_mode AND r.dry_run = p_dry_run ORDER BY r.id DESC LIMIT 1;
    IF v_last.status NOT IN ('abandoned', 'failed') AND NOT (v_last.status = 'cancelled' AND p_request IS NOT NULL)
       OR v_last.request IS DISTINCT FROM p_request OR v_last.heartbeat_at < clock_timestamp() - p_resume_within THEN
        v_last := NULL;
    END IF;
    WHILE run_id IS NULL LOOP   -- the run that is in the way may end between the two statements
        INSERT INTO sync_runs (org, entity, mode, trigger, dry_run, request, cursor, watermark, resumed_from)
        VALUES (p_org, p_entity, p_mode, p_trigger, p_dry_run, p_request, v_last.cursor, v_last.watermark, v_last.id)
        ON CONFLICT (org, entity) WHERE status = 'running' DO NOTHING
        RETURNING id INTO run_id;
        started := run_id IS NOT NULL;
        IF NOT started THEN
            SELECT r.id INTO run_id FROM sync_runs r WHERE r.org = p_org AND r.entity = p_entity AND r.status = 'running';
        END IF;
    END LOOP;
    RETURN NEXT;
END
$$;

-- Abandons runs whose process has gone silent. A run that waits for quota is silent on purpose until its time has come.
CREATE OR REPLACE FUNCTION abandon_stale_runs(p_stale interval) RETURNS void
    LANGUAGE sql AS
$$
    UPDATE sync_runs
       SET status = 'abandoned', finished_at = clock_timestamp(), waiting_until = NULL, waiting_for = NULL,
           calls = (SELECT count(*) FROM zoho_calls c WHERE c.run_id = sync_runs.id AND c.released_at > c.at),
           error = 'Its process was not heard of for ' || extract(epoch FROM p_stale)::integer
                   || ' s: stopped, killed or cut off from the database. The next run goes on from its cursor.'
     -- a locked row is being written, so its process is alive
     WHERE id IN (SELECT id FROM sync_runs
                   WHERE status = 'running' AND greatest(heartbeat_at, waiting_until) < clock_timestamp() - p_stale
                     FOR UPDATE SKIP LOCKED)
$$;

-- A run and those that it resumes.
CREATE OR REPLACE FUNCTION run_parts(p_run bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE AS
$$
    WITH RECURSIVE parts AS (
        SELECT r.id, r.resumed_from FROM sync_runs r WHERE r.id = p_run
        UNION ALL
        SELECT r.id, r.resumed_from FROM sync_runs r JOIN parts p ON r.id = p.resumed_from
    )
    SELECT id FROM parts
$$;

-- A run as the API shows it. As json, whose keys keep their order; those of a push come last.
CREATE OR REPLACE VIEW sync_runs_api AS
SELECT r.id, r.org, r.entity, r.status,
       CASE WHEN r.request IS NULL THEN every.run
            ELSE CAST(left(CAST(every.run AS text), -1) || ', ' || substr(CAST(json_build_object('failed', r.failed, 'unknown', r.unknown, 'waiting', r.waiting,
                      'held', r.held, 'rateLimitHits', r.rate_limit_hits) AS text), 2) AS json) END AS run
  FROM sync_runs r
 CROSS JOIN LATERAL (SELECT json_build_object(
           'id', r.id, 'org', r.org, 'entity', r.entity, 'mode', r.mode, 'trigger', r.trigger, 'status', r.status,
           'waitingUntil', r.waiting_until, 'waitingFor', r.waiting_for, 'dryRun', r.dry_run,
           'startedAt', r.started_at, 'finishedAt', r.finished_at, 'pages', r.pages,
           'calls', CASE WHEN r.status = 'running' THEN (SELECT count(*) FROM zoho_calls c WHERE c.run_id = r.id AND c.released_at > c.at)
                         ELSE r.calls END,
           'seen', r.seen, 'created', r.created, 'updated', r.updated, 'unchanged', r.unchanged,
           'deleted', r.deleted, 'rejected', r.rejected, 'error', r.error) AS run) every;

-- The newest measures of each kind. By their index, because the table grows with every run that changes something.
CREATE OR REPLACE VIEW data_quality_now AS
SELECT q.org_id, q.entity, q.measure, q.count, q.of, q.share, q.at, q.run_id
  FROM sync_watermarks w
 CROSS JOIN LATERAL (SELECT n.run_id FROM data_quality n WHERE n.org_id = w.org AND n.entity = w.entity ORDER BY n.run_id DESC LIMIT 1) newest
  JOIN data_quality q ON q.org_id = w.org AND q.entity = w.entity AND q.run_id = newest.run_id;
