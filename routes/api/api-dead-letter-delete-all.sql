-- Notes which letters to delete. letter-forget.sql deletes them.
WITH counted AS (
    SELECT count(*) AS found
      FROM dead_letters
     WHERE org_id = :#${variable.org} AND closed_at IS NULL
       AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR entity = :#${variable.request[entity]})
       AND (CAST(:#${variable.request[source]} AS text) IS NULL OR source = :#${variable.request[source]})
       AND (CAST(:#${variable.request[reason]} AS text) IS NULL OR reason = :#${variable.request[reason]})
       AND starts_with(error, coalesce(CAST(:#${variable.request[error]} AS text), ''))
       AND failed_at >= coalesce(CAST(:#${variable.request[since]} AS timestamptz), '-infinity')
       AND failed_at < coalesce(CAST(:#${variable.request[before]} AS timestamptz), 'infinity')
),
stored AS (
    INSERT INTO letter_replays (org_id, action, request, found, replayed)
    SELECT :#${variable.org}, 'forget', jsonb_strip_nulls(jsonb_build_object('source', CAST(:#${variable.request[source]} AS text), 'entity', CAST(:#${variable.request[entity]} AS text),
               'reason', CAST(:#${variable.request[reason]} AS text), 'error', CAST(:#${variable.request[error]} AS text),
               'from', CAST(:#${variable.request[since]} AS timestamptz), 'to', CAST(:#${variable.request[before]} AS timestamptz))), c.found, c.found
      FROM counted c WHERE c.found > 0
    RETURNING id
)
SELECT CAST(json_build_object('found', c.found, 'replayId', (SELECT id FROM stored)) AS text) AS answer
  FROM counted c
