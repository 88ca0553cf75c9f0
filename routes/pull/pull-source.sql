SELECT coalesce(o.books_missing_since > greatest(c.connected_at,
                clock_timestamp() - CAST(:#${properties:saddlebag.pull.books-retry} AS interval)), false) AS missing
  FROM organisations o LEFT JOIN connections c ON c.id = o.connection_id
 WHERE o.org_id = :#${variable.org}
