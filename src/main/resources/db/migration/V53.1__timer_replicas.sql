-- What times each replica is set to: all follow those of the one that has run longest. A replica that was killed leaves its row,
-- which counts for nothing without a sign of life in qrtz_scheduler_state.
CREATE TABLE timer_replicas (
    sched_name text        NOT NULL,
    instance   text        NOT NULL,    -- as in qrtz_scheduler_state
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    timers     jsonb       NOT NULL,    -- expression and zone of each timer: {"pull/full": "0 0 2 * * ? in UTC"}
    PRIMARY KEY (sched_name, instance)
);
