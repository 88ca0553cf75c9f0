-- The run keeps the status running. After the wait any process may go on with it.
UPDATE sync_runs
   SET waiting_until = CAST(:#${variable.limit.until.toString} AS timestamptz), waiting_for = :#${variable.limit.waitingFor},
       waiting_since = coalesce(waiting_since, clock_timestamp())
 WHERE id = :#${variable.runId} AND epoch = :#${variable.run[epoch]} AND status = 'running'
RETURNING format('run %s %s %s waits until %s (%s)', id, entity, mode,
                 to_char(waiting_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'), waiting_for) AS line, entity, mode, 'waiting' AS status
