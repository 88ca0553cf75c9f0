-- Runs: starting and resuming them, and their form in the API.

-- Starts a run, or gives the id of the one that is running. First, runs without a heartbeat for p_stale are abandoned. If the newest run of the
-- same mode broke off, the new run resumes from its cursor; a dry run resumes only a dry run. A run of a push target (p_request is not null) resumes
-- only a run with the same request, even a cancelled one, so that records are not written a second time. A full run of the schedule that finds a
-- run of another mode, or a dry run, is noted in scheduled_runs, and the next full run takes the note off. A first run (p_trigger is start) does
-- not start where another replica has read the kind since the caller looked, and a run that resumes another (resume) does not where that was done
-- since; run_id is then the id of no run.
CREATE OR REPLACE FUNCTION start_run(p_org text, p_entity text, p_mode text, p_trigger text, p_stale interval, p_resume_within interval,
                                     p_dry_run boolean DEFAULT false, p_request jsonb DEFAULT NULL)
    RETURNS TABLE (run_id bigint, started boolean)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_last  sync_runs%ROWTYPE;
    v_other boolean;    -- the running run is no full one that writes
BEGIN
    PERFORM abandon_stale_runs(p_stale);
    SELECT * INTO v_last FROM sync_runs r
     WHERE r.org = p_org AND r.entity = p_entity AND r.mode = p_mode AND r.dry_run = p_dry_run ORDER BY r.id DESC LIMIT 1;
    IF v_last.status NOT IN ('abandoned', 'failed') AND NOT (v_last.status = 'cancelled' AND p_request IS NOT NULL)
       OR v_last.request IS DISTINCT FROM p_request OR v_last.heartbeat_at < clock_timestamp() - p_resume_within THEN
        v_last := NULL;
    END IF;
    WHILE run_id IS NULL LOOP   -- the running run may end between the two statements
        INSERT INTO sync_runs (org, entity, mode, trigger, dry_run, request, cursor, watermark, resumed_from)
        VALUES (p_org, p_entity, p_mode, p_trigger, p_dry_run, p_request, v_last.cursor, v_last.watermark, v_last.id)
        ON CONFLICT (org, entity) WHERE status = 'running' DO NOTHING
        RETURNING id INTO run_id;
        started := run_id IS NOT NULL;
        IF NOT started THEN
            SELECT r.id, r.mode <> 'full' OR r.dry_run INTO run_id, v_other
              FROM sync_runs r WHERE r.org = p_org AND r.entity = p_entity AND r.status = 'running';
        END IF;
    END LOOP;
    IF started AND (p_trigger = 'start' AND EXISTS (SELECT FROM sync_watermarks w WHERE w.org = p_org AND w.entity = p_entity)
                    OR p_trigger = 'resume' AND NOT EXISTS (SELECT FROM sync_runs r WHERE r.status = 'abandoned' AND r.id = (
                           SELECT max(o.id) FROM sync_runs o
                            WHERE o.org = p_org AND o.entity = p_entity AND o.mode = p_mode AND o.dry_run = p_dry_run AND o.id <> run_id))) THEN
        DELETE FROM sync_runs r WHERE r.id = run_id;
        started := false;
    ELSIF started AND p_mode = 'full' AND NOT p_dry_run THEN
        DELETE FROM scheduled_runs s WHERE s.org = p_org AND s.entity = p_entity;
    ELSIF NOT started AND v_other AND p_mode = 'full' AND NOT p_dry_run AND p_trigger = 'timer' THEN
        INSERT INTO scheduled_runs (org, entity) VALUES (p_org, p_entity) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NEXT;
END
$$;

-- Abandons runs without a heartbeat. A run that waits for quota sends none on purpose, until its wait is over.
CREATE OR REPLACE FUNCTION abandon_stale_runs(p_stale interval) RETURNS void
    LANGUAGE sql AS
$$
    UPDATE sync_runs
       SET status = 'abandoned', finished_at = clock_timestamp(), waiting_until = NULL, waiting_for = NULL,
           calls = (SELECT count(*) FROM zoho_calls c WHERE c.run_id = sync_runs.id AND c.released_at > c.at),
           error = 'Its process sent no heartbeat for ' || extract(epoch FROM p_stale)::integer
                   || ' s: it was stopped, killed or cut off from the database. The next run goes on from the cursor of this one.'
     -- a locked row is being written, so its process is alive
     WHERE id IN (SELECT id FROM sync_runs
                   WHERE status = 'running' AND greatest(heartbeat_at, waiting_until) < clock_timestamp() - p_stale
                     FOR UPDATE SKIP LOCKED)
$$;

-- Notes each step of a run in the transaction that makes it: a page that was stored, or the begin of a wait.
CREATE OR REPLACE FUNCTION note_run_step() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    INSERT INTO run_steps (run_id, page, records, waiting_until, waiting_for)
    VALUES (NEW.id, CASE WHEN NEW.pages > OLD.pages THEN NEW.pages END,
            CASE WHEN NEW.pages > OLD.pages AND NEW.mode = 'push' AND NOT NEW.dry_run
                 THEN NEW.created + NEW.updated + NEW.deleted - OLD.created - OLD.updated - OLD.deleted
                 WHEN NEW.pages > OLD.pages THEN NEW.seen - OLD.seen END,
            CASE WHEN NEW.pages = OLD.pages THEN NEW.waiting_until END, CASE WHEN NEW.pages = OLD.pages THEN NEW.waiting_for END)
        ON CONFLICT DO NOTHING; -- two steps of one microsecond: no page may fail by its note
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER run_steps AFTER UPDATE OF pages, waiting_until ON sync_runs FOR EACH ROW
    WHEN (NEW.pages > OLD.pages OR NEW.waiting_until IS NOT NULL) EXECUTE FUNCTION note_run_step();

-- The ids of a run and of the runs that it resumes.
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

-- A run as the API shows it. The type is json, because its keys keep their order; those of a push come last.
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

-- The newest measures of each kind. They are found by an index, because the table grows with every run that changes something.
CREATE OR REPLACE VIEW data_quality_now AS
SELECT q.org_id, q.entity, q.measure, q.count, q.of, q.share, q.at, q.run_id
  FROM sync_watermarks w
 CROSS JOIN LATERAL (SELECT n.run_id FROM data_quality n WHERE n.org_id = w.org AND n.entity = w.entity ORDER BY n.run_id DESC LIMIT 1) newest
  JOIN data_quality q ON q.org_id = w.org AND q.entity = w.entity AND q.run_id = newest.run_id;

-- How far a run is, and how fast. done: the records that it has read; of a release of deletes, those about which Zoho has answered. expected: the records that
-- the kind had when it was last read whole; of a release, those that were released; null for a run that reads only what changed.
CREATE OR REPLACE FUNCTION run_pace(p_run sync_runs) RETURNS TABLE (expected bigint, done bigint, seconds numeric, per_second numeric, seconds_left numeric)
    LANGUAGE sql STABLE AS
$$
    SELECT e.expected, e.done, t.seconds, round(e.done / greatest(t.seconds, 0.001), 1),
           CASE WHEN p_run.status = 'running' AND e.done > 0 AND e.expected > e.done THEN round((e.expected - e.done) * t.seconds / e.done) END
      FROM (SELECT extract(epoch FROM coalesce(p_run.finished_at, clock_timestamp()) - p_run.started_at) AS seconds) t
     CROSS JOIN LATERAL (
           SELECT (SELECT w.records FROM sync_watermarks w
                    WHERE w.org = p_run.org AND w.entity = p_run.entity AND p_run.mode IN ('full', 'verify', 'remap')) AS expected, p_run.seen AS done
            WHERE p_run.mode <> 'deletes'
           UNION ALL
           SELECT count(*), count(*) FILTER (WHERE d.state <> 'proposed') FROM sync_deletes d
            WHERE d.run_id = deletes_list(p_run) AND (d.state = 'proposed' OR d.decided_run IN (SELECT run_parts(p_run.id)))
           HAVING p_run.mode = 'deletes') e
$$;
