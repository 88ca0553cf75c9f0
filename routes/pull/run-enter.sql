SELECT run_id, started
  FROM start_run(:#${variable.org}, :#${variable.entity}, :#${variable.request[mode]}, :#${variable.request[trigger]},
                 CAST(:#${properties:saddlebag.pull.stale-after} AS interval),
                 CAST(:#${properties:saddlebag.pull.resume-within} AS interval),
                 coalesce(CAST(:#${variable.request[dry_run]} AS boolean), false), CAST(:#${variable.request[wanted]} AS jsonb))
