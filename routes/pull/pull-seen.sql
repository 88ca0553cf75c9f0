INSERT INTO sync_pages (run_id, page, ids, requested_at)
SELECT r.id, r.pages, CAST(:#${variable.page.ids} AS text[]), CAST(:#${variable.page.requestedAt} AS timestamptz)
  FROM sync_runs r WHERE r.id = :#${variable.runId}
