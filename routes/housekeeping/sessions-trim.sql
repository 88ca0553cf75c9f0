-- Removes the sessions of browsers that sent no request for saddlebag.staff.session-idle.
DELETE FROM staff_sessions WHERE seen_at < clock_timestamp() - CAST(:#${properties:saddlebag.staff.session-idle} AS interval)
