-- The sinks of one kind of an organisation take turns, so that each merges into what the other has committed.
-- Their statement finds rows by key, whatever the size of the table. A plan of its own for each page cost 2.8 of its
-- 13.7 ms; one made while the table was small, and kept, read all of it for every page: 111 ms.
SELECT pg_advisory_xact_lock(hashtextextended('sink ' || :#${variable.entity} || ' ' || :#${variable.org}, 0)),
       set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
       set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
