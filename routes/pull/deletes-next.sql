-- The next candidates. Where the kind has a call for many records, each candidate is first part of one such call. Then the candidates that are
-- left are requested one by one.
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
