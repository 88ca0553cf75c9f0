-- Removes a slice of the oldest rows, found by their ids: no row is locked for long, and no extra index is needed.
DELETE FROM zoho_calls
 WHERE id IN (SELECT id FROM zoho_calls ORDER BY id LIMIT 5000)
   AND at < clock_timestamp() - CAST(:#${properties:zoho.ledger-days} AS integer) * interval '24 hours'
