SELECT ids_with_rows(CAST(:#${variable.table} AS regclass), :#${variable.keyColumn}, :#${variable.org},
                     CAST(:#${variable.outside} AS text[])) AS ids
