SELECT restore_deleted(CAST(:#${variable.id} AS bigint), :#${variable.org}, :#${variable.entity}, :#${variable.table}, :#${variable.keyColumn})
