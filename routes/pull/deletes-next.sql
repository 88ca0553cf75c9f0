-- The next candidates: first many in one call, where the kind has such a call, each candidate once; then one by one.
WITH together AS (
    SELECT zoho_id, requested_at FROM sync_deletes
     WHERE run_id = CAST(:#${variable.deletes[list]} AS bigint) AND state = 'proposed' AND details_at IS NULL
       AND CAST(:#${variable.kind.batchPath} AS text) IS NOT NULL
     ORDER BY zoho_id LIMIT CAST(:#${properties:saddlebag.pull.deletes-batch-size} AS integer)
),
single AS (
    SELECT zoho_id, requested_at FROM sync_deletes
     WHERE run_id = CAST(:#${variable.deletes[list]} AS bigint) AND state = 'proposed' AND NOT EXISTS (SELECT FROM together)
     ORDER BY zoho_id LIMIT CAST(:#${properties:saddlebag.pull.deletes-commit-size} AS integer)
)
SELECT zoho_id, requested_at, true AS together FROM together
 UNION ALL
SELECT zoho_id, requested_at, false FROM single
