-- What the last page showed, of this run or of those that it carries on.
SELECT array_to_string(p.ids, ',') AS ids FROM sync_pages p
 WHERE p.run_id IN (SELECT run_parts(CAST(:#${variable.runId} AS bigint)))
 ORDER BY p.run_id DESC, p.page DESC LIMIT 1
