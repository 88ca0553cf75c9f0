INSERT INTO sync_reports (run_id, zoho_id, what, error)
SELECT CAST(:#${variable.runId} AS bigint), CAST(:#${body.zohoId} AS text), 'rejected', CAST(:#${body.error} AS text)
 WHERE (SELECT count(*) FROM sync_reports s WHERE s.run_id IN (SELECT run_parts(CAST(:#${variable.runId} AS bigint))))
       < CAST(:#${properties:saddlebag.pull.report-records} AS integer)
    ON CONFLICT DO NOTHING
