SELECT push_read_store(CAST(:#${variable.runId} AS bigint), CAST(:#${variable.run[epoch]} AS integer), CAST(:#${variable.target.settings} AS jsonb),
                       CAST(:#${variable.reading[keys]} AS jsonb), CAST(:#${variable.results} AS jsonb))
