-- Removes a slice of the oldest rows, found by their ids: no row is locked for long, and no extra index is needed.
DELETE FROM record_changes
 WHERE id IN (SELECT id FROM record_changes ORDER BY id LIMIT 5000)
   AND changed_at < clock_timestamp() - CAST(:#${properties:saddlebag.history.days} AS integer) * interval '24 hours'
