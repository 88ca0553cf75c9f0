SELECT records, unannounced
  FROM page_report(CAST(:#${variable.runId} AS bigint), CAST(:#${variable.page.callId} AS bigint), CAST(:#${variable.table} AS regclass),
                   :#${variable.keyColumn}, CAST(:#${variable.page.createdIds} AS text[]), CAST(:#${variable.page.updatedIds} AS text[]),
                   CAST(:#${properties:saddlebag.pull.report-records} AS integer))
