-- Tells whether the documents of the target go to Books. Refusals by Books count for saddlebag.pull.books-retry, and until a new consent. Older ones are
-- removed, so that Books is tried again and the bodies have the reference field of Books again.
WITH books AS (
    SELECT greatest(o.books_missing_since, CAST(o.books_refused ->> CAST(:#${variable.target.name} AS text) AS timestamptz))
           > greatest(c.connected_at, clock_timestamp() - CAST(:#${properties:saddlebag.pull.books-retry} AS interval)) AS missing
      FROM organisations o LEFT JOIN connections c ON c.id = o.connection_id WHERE o.org_id = :#${variable.org}
),
again AS (
    UPDATE organisations o SET books_missing_since = NULL, books_refused = o.books_refused - CAST(:#${variable.target.name} AS text)
      FROM books b WHERE o.org_id = :#${variable.org} AND NOT b.missing
)
SELECT o.push ->> 'uniqueField' AS unique_field, o.push ->> 'uniqueField' IS NULL OR coalesce(b.missing, false) AS without_books
  FROM organisations o CROSS JOIN books b WHERE o.org_id = :#${variable.org}
