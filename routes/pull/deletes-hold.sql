SELECT hold_deletes(:#${variable.runId}, CAST(:#${variable.epoch} AS integer), CAST(:#${variable.list} AS bigint), :#${variable.error})
