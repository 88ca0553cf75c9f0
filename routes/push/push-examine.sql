SELECT candidates, refused, waits, reason
  FROM push_examine(CAST(:#${variable.runId} AS bigint), CAST(:#${variable.run[epoch]} AS integer), :#${variable.org}, :#${variable.target.name},
                    CAST(:#${variable.target.settings} AS jsonb), CAST(:#${variable.run[request]} AS jsonb), :#${variable.target.rows})
