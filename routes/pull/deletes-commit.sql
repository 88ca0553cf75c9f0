-- Only the process with the run's epoch decides on its list. A candidate whose row was stored by a later request is not deleted.
WITH gone AS (
    SELECT id, at, words FROM jsonb_to_recordset(CAST(:#${variable.candidates.notFoundJson} AS jsonb)) AS g(id text, at timestamptz, words text)
),
found AS (
    SELECT d.zoho_id, g.at, g.words,
           CASE WHEN d.zoho_id = ANY (CAST(:#${variable.deleted[ids]} AS text[])) THEN 'gone'
                WHEN g.id IS NOT NULL OR d.zoho_id = ANY (CAST(:#${variable.candidates.existingIds} AS text[])) THEN 'living'
                ELSE 'proposed' END AS state
      FROM sync_deletes d LEFT JOIN gone g ON g.id = d.zoho_id
     WHERE d.run_id = CAST(:#${variable.deletes[list]} AS bigint) AND d.zoho_id = ANY (CAST(:#${variable.candidates.ids} AS text[]))
),
decided AS (
    UPDATE sync_deletes d
       SET state = f.state, reason = coalesce('released by a person; ' || f.words, d.reason),
           requested_at = coalesce(f.at, d.requested_at), details_at = clock_timestamp(),
           decided_at = CASE WHEN f.state <> 'proposed' THEN clock_timestamp() END,
           decided_run = CASE WHEN f.state <> 'proposed' THEN CAST(:#${variable.runId} AS bigint) END
      FROM found f
     WHERE d.run_id = CAST(:#${variable.deletes[list]} AS bigint) AND d.zoho_id = f.zoho_id
),
reported AS (
    INSERT INTO sync_reports (run_id, zoho_id, what, error)
    SELECT r.id, f.zoho_id, 'deleted', 'released by a person; ' || f.words
      FROM sync_runs r CROSS JOIN found f
     WHERE r.id = CAST(:#${variable.runId} AS bigint) AND r.mode = 'deletes' AND f.state = 'gone'
     ORDER BY f.words IS NULL, f.zoho_id
     LIMIT greatest(0, CAST(:#${properties:saddlebag.pull.report-records} AS integer)
                       - (SELECT count(*) FROM sync_reports s WHERE s.run_id = CAST(:#${variable.runId} AS bigint)))
        ON CONFLICT DO NOTHING
)
UPDATE sync_runs
   SET deleted = deleted + :#${variable.deleted[count]},
       seen = seen + :#${variable.candidates.seen},
       created = created + :#${variable.candidates.created},
       updated = updated + :#${variable.candidates.updated},
       unchanged = unchanged + :#${variable.candidates.unchanged},
       rejected = rejected + :#${variable.candidates.rejected},
       summary = coalesce(summary, (SELECT format('Zoho did not say that %s does not exist, but refused it in other words (%s). It counts as deleted, because a person '
                                                  || 'released this delete. GET /api/sync/runs/%s/report lists all such records', f.zoho_id, f.words, CAST(:#${variable.runId} AS bigint))
                                      FROM found f WHERE f.state = 'gone' AND f.words IS NOT NULL ORDER BY f.zoho_id LIMIT 1)),
       heartbeat_at = clock_timestamp(), waiting_since = NULL
 WHERE id = :#${variable.runId} AND epoch = :#${variable.run[epoch]} AND status = 'running'
RETURNING id
