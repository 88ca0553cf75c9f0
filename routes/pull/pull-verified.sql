SELECT end_verification(CAST(:#${variable.runId} AS bigint), :#${variable.epoch}, CAST(:#${variable.table} AS regclass), :#${variable.keyColumn},
                        CAST(:#${properties:saddlebag.pull.report-records} AS integer))
