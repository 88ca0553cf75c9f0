-- Nothing is proposed if the organisation has a filter for this kind, or if it is not proved that the list was read to its end: the records that the
-- run read may then not be all that Zoho has.
SELECT list, controls
  FROM propose_deletes(:#${variable.runId}, CAST(:#${variable.run[epoch]} AS integer), :#${variable.kind.table}, :#${variable.kind.idColumn},
                       CAST(:#${variable.kind.recordKey} AS text) IS NOT NULL, CAST(:#${variable.filter} AS text) IS NOT NULL
                           OR EXISTS (SELECT FROM sync_runs r WHERE r.id = CAST(:#${variable.runId} AS bigint) AND r.unproved IS NOT NULL),
                       CAST(:#${properties:saddlebag.pull.deletes-share} AS numeric),
                       CAST(:#${properties:saddlebag.pull.deletes-rows} AS bigint),
                       CAST(:#${properties:saddlebag.pull.deletes-commit-size} AS integer),
                       CAST(:#${properties:saddlebag.pull.report-records} AS integer))
