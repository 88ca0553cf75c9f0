-- What a run did, as GET /api/sync/runs/{id} tells it, and beneath the line what it needs to be carried on.
CREATE TABLE sync_runs (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org           text        NOT NULL,
    entity        text        NOT NULL,
    mode          text        NOT NULL CHECK (mode IN ('incremental', 'full')),
    trigger       text        NOT NULL CHECK (trigger IN ('timer', 'api', 'staff', 'start', 'resume')),
    status        text        NOT NULL DEFAULT 'running'
                  CHECK (status IN ('running', 'succeeded', 'partial', 'failed', 'cancelled', 'abandoned')),
    waiting_until timestamptz,
    waiting_for   text,
    dry_run       boolean     NOT NULL DEFAULT false,
    started_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at   timestamptz,
    pages         bigint      NOT NULL DEFAULT 0,
    calls         bigint      NOT NULL DEFAULT 0,
    seen          bigint      NOT NULL DEFAULT 0,
    created       bigint      NOT NULL DEFAULT 0,
    updated       bigint      NOT NULL DEFAULT 0,
    unchanged     bigint      NOT NULL DEFAULT 0,
    deleted       bigint      NOT NULL DEFAULT 0,
    rejected      bigint      NOT NULL DEFAULT 0,
    error         text,
    ----
    epoch         integer     NOT NULL DEFAULT 1,                   -- who carries it on takes the next; older ones cannot write
    heartbeat_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    cursor        jsonb,                                            -- the last page that is committed
    watermark     timestamptz,                                      -- what the watermark becomes when it completes
    resumed_from  bigint REFERENCES sync_runs (id)
);
-- One run per organisation and kind at a time, whoever starts it and on whichever replica.
CREATE UNIQUE INDEX sync_runs_one_at_a_time ON sync_runs (org, entity) WHERE status = 'running';
CREATE INDEX sync_runs_newest ON sync_runs (org, entity, mode, id DESC);

-- From where the next incremental run asks, and how many records Zoho is expected to list.
CREATE TABLE sync_watermarks (
    org        text        NOT NULL,
    entity     text        NOT NULL,
    watermark  timestamptz NOT NULL,
    records    bigint      NOT NULL,
    run_id     bigint      NOT NULL REFERENCES sync_runs (id),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org, entity)
);

-- Starts a run, or gives the id of the one under way. A running one that was not heard of for p_stale is abandoned
-- first; the newest run of the same mode, if it broke off, is carried on from its cursor.
CREATE FUNCTION start_run(p_org text, p_entity text, p_mode text, p_trigger text, p_stale interval, p_resume_within interval)
    RETURNS TABLE (run_id bigint, started boolean)
    LANGUAGE plpgsql AS
$$
DECLARE
    v_last sync_runs%ROWTYPE;
BEGIN
    PERFORM abandon_stale_runs(p_stale);
    SELECT * INTO v_last FROM sync_runs r
     WHERE r.org = p_org AND r.entity = p_entity AND r.mode = p_mode ORDER BY r.id DESC LIMIT 1;
    IF v_last.status NOT IN ('abandoned', 'failed') OR v_last.heartbeat_at < clock_timestamp() - p_resume_within THEN
        v_last := NULL;
    END IF;
    WHILE run_id IS NULL LOOP   -- the one in the way may end between the two statements
        INSERT INTO sync_runs (org, entity, mode, trigger, cursor, watermark, resumed_from)
        VALUES (p_org, p_entity, p_mode, p_trigger, v_last.cursor, v_last.watermark, v_last.id)
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

-- A run whose process has gone silent. One that waits for quota is silent on purpose until its time has come.
CREATE FUNCTION abandon_stale_runs(p_stale interval) RETURNS void
    LANGUAGE sql AS
$$
    UPDATE sync_runs
       SET status = 'abandoned', finished_at = clock_timestamp(), waiting_until = NULL, waiting_for = NULL,
           calls = (SELECT count(*) FROM zoho_calls c WHERE c.run_id = sync_runs.id),
           error = 'Its process was not heard of for ' || extract(epoch FROM p_stale)::integer
                   || ' s: stopped, killed or cut off from the database. The next run goes on from its cursor.'
     -- a row that somebody is writing is not silent
     WHERE id IN (SELECT id FROM sync_runs
                   WHERE status = 'running' AND greatest(heartbeat_at, waiting_until) < clock_timestamp() - p_stale
                     FOR UPDATE SKIP LOCKED)
$$;

-- A run as the API tells it.
CREATE VIEW sync_runs_api AS
SELECT r.id, r.org, r.entity, r.status,
       json_build_object(
           'id', r.id, 'org', r.org, 'entity', r.entity, 'mode', r.mode, 'trigger', r.trigger, 'status', r.status,
           'waitingUntil', r.waiting_until, 'waitingFor', r.waiting_for, 'dryRun', r.dry_run,
           'startedAt', r.started_at, 'finishedAt', r.finished_at, 'pages', r.pages,
           'calls', CASE WHEN r.status = 'running' THEN (SELECT count(*) FROM zoho_calls c WHERE c.run_id = r.id) ELSE r.calls END,
           'seen', r.seen, 'created', r.created, 'updated', r.updated, 'unchanged', r.unchanged,
           'deleted', r.deleted, 'rejected', r.rejected, 'error', r.error) AS run
  FROM sync_runs r;
