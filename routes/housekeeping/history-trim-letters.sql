-- Dead letters whose record was stored well since. What is open stays, however old.
DELETE FROM dead_letters
 WHERE closed_at < clock_timestamp() - CAST(:#${properties:saddlebag.history.days} AS integer) * interval '24 hours'
