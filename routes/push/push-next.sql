SELECT op, CAST(rows AS text) AS rows
  FROM push_next(CAST(:#${variable.runId} AS bigint), :#${variable.org}, :#${variable.target.name}, CAST(:#${variable.target.settings} AS jsonb),
                 CAST(:#${variable.run[request]} AS jsonb), :#${variable.target.rows})
