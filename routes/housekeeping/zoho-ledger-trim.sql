-- Removes a slice of the oldest calls, and returns how many. The oldest calls are found by their ids, so no extra index is needed.
WITH calls AS (
    DELETE FROM zoho_calls
     WHERE id IN (SELECT id FROM zoho_calls ORDER BY id LIMIT 5000)
       AND at < clock_timestamp() - CAST(:#${properties:zoho.ledger-days} AS integer) * interval '24 hours'
    RETURNING 1
)
SELECT count(*) AS removed FROM calls
