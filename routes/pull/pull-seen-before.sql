-- What this page shows and pages before it did, of this run or of those that it carries on.
SELECT string_agg(DISTINCT i.id, ',') AS ids
  FROM sync_pages p CROSS JOIN LATERAL unnest(p.ids) AS i(id)
 WHERE p.run_id IN (SELECT run_parts(CAST(:#${variable.runId} AS bigint)))
   AND i.id = ANY (CAST(:#${variable.page.ids} AS text[]))
