-- Tells whether documents of the organisation go to Books. If Books refused the organisation too long ago, books_missing_since is cleared, so that the bodies
-- have the reference field of Books again.
WITH books AS (
    SELECT o.books_missing_since > greatest(c.connected_at, clock_timestamp() - CAST(:#${properties:saddlebag.pull.books-retry} AS interval)) AS missing
      FROM organisations o LEFT JOIN connections c ON c.id = o.connection_id WHERE o.org_id = :#${variable.org}
),
again AS (
    UPDATE organisations o SET books_missing_since = NULL FROM books b WHERE o.org_id = :#${variable.org} AND NOT b.missing
)
SELECT o.push ->> 'uniqueField' AS unique_field, o.push ->> 'uniqueField' IS NULL OR coalesce(b.missing, false) AS without_books
  FROM organisations o CROSS JOIN books b WHERE o.org_id = :#${variable.org}
