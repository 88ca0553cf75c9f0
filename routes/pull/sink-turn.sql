-- The sinks of one kind of an organisation take turns, so that each merges into what the other has committed.
SELECT pg_advisory_xact_lock(hashtextextended('sink ' || :#${variable.entity} || ' ' || :#${variable.org}, 0))
