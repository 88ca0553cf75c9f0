SELECT rows_since(CAST(:#${variable.table} AS regclass), :#${variable.keyColumn}, :#${variable.org},
                  CAST(:#${variable.page.goodIds} AS text[]), CAST(:#${variable.page.requestedAt} AS timestamptz)) AS ids
