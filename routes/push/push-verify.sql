SELECT push_verify_report(CAST(:#${variable.runId} AS bigint), CAST(:#${variable.run[epoch]} AS integer), :#${variable.org}, :#${variable.target.name},
                          CAST(:#${variable.target.settings} AS jsonb), CAST(:#${properties:saddlebag.pull.report-records} AS integer)) AS differing
