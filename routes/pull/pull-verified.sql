-- Where the list is not proved to be read to its end, nobody knows which rows are surplus: the run's error says so, and nothing is found.
SELECT end_verification(CAST(:#${variable.runId} AS bigint), :#${variable.epoch}, CAST(:#${variable.table} AS regclass), :#${variable.keyColumn},
                        CAST(:#${properties:saddlebag.pull.report-records} AS integer))
 WHERE NOT EXISTS (SELECT FROM sync_runs r WHERE r.id IN (SELECT run_parts(CAST(:#${variable.runId} AS bigint))) AND r.unproved IS NOT NULL)
