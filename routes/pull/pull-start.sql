SELECT run_id, started
  FROM start_run(:#${variable.org}, :#${variable.entity}, :#${variable.mode}, :#${variable.trigger},
                 CAST(:#${properties:saddlebag.pull.stale-after} AS interval),
                 CAST(:#${properties:saddlebag.pull.resume-within} AS interval),
                 coalesce(CAST(:#${variable.dryRun} AS boolean), false))
