-- Stores that Books refuses a target (lacks: scope), or the whole organisation (lacks: books). What the run read in Books is forgotten.
WITH read AS (
    DELETE FROM push_reads WHERE run_id = CAST(:#${variable.runId} AS bigint)
),
refused AS (
    SELECT CAST(:#${variable.lacks} AS text) = 'scope' AS by_scope
)
UPDATE organisations
   SET books_missing_since = CASE WHEN by_scope THEN books_missing_since ELSE clock_timestamp() END,
       books_refused = CASE WHEN by_scope THEN books_refused || jsonb_build_object(CAST(:#${variable.target.name} AS text), clock_timestamp()) ELSE books_refused END
  FROM refused WHERE org_id = :#${variable.org}
