SELECT run_id, started, left_over
  FROM release_deletes(CAST(:#${variable.list} AS bigint), :#${variable.trigger}, CAST(:#${properties:saddlebag.pull.stale-after} AS interval))
