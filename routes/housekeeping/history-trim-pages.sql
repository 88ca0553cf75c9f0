-- What its pages showed is of use until a run can no longer be carried on.
DELETE FROM sync_pages p
 USING sync_runs r
 WHERE r.id = p.run_id AND r.finished_at < clock_timestamp() - CAST(:#${properties:saddlebag.pull.resume-within} AS interval)
