-- Only the process with the run's epoch moves the run on. No updated row: the run was ended, or another process took it over, and the page is rolled back.
WITH noted AS (
    INSERT INTO run_created (run_id, zoho_id)
    SELECT r.id, c.zoho_id FROM sync_runs r CROSS JOIN unnest(CAST(:#${variable.page.createdIds} AS text[])) AS c(zoho_id)
     WHERE r.id = :#${variable.runId} AND NOT r.dry_run
        ON CONFLICT DO NOTHING
)
UPDATE sync_runs
   SET pages = pages + 1,
       seen = seen + :#${variable.page.seen},
       created = created + :#${variable.page.created},
       updated = updated + :#${variable.page.updated},
       unchanged = unchanged + :#${variable.page.unchanged},
       rejected = rejected + :#${variable.page.rejected},
       left_out = left_out + :#${variable.page.leftOut},
       kept = kept + :#${variable.page.kept},
       cursor = CAST(:#${variable.page.cursor} AS jsonb),
       watermark = coalesce(watermark, CAST(:#${variable.page.watermark} AS timestamptz)),
       unproved = coalesce(unproved, CAST(:#${variable.page.unproved} AS text)),
       heartbeat_at = clock_timestamp(), waiting_since = NULL
 WHERE id = :#${variable.runId} AND epoch = :#${variable.run[epoch]} AND status = 'running'
