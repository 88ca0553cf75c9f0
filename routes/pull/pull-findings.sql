SELECT note_findings(:#${variable.org}, :#${variable.entity}, :#${variable.table}, :#${variable.keyColumn},
                     CAST(:#${variable.page.createdIds} AS text[]) || CAST(:#${variable.page.updatedIds} AS text[]), :#${variable.runId})
