SELECT records, last
  FROM stored_records(CAST(:#${variable.table} AS regclass), :#${variable.keyColumn}, :#${variable.org}, :#${variable.after},
                      CAST(:#${properties:saddlebag.pull.remap-batch} AS integer))
