SELECT abandon_stale_runs(CAST(:#${properties:saddlebag.pull.stale-after} AS interval))
