-- Deletes the next 1,000 letters of the oldest forget that has not ended, and counts them. A letter that failed again since the request stays. A process that works on a
-- forget holds the lock of its row, and others pass it over. Returns the number of forgets that this statement worked on: 0 ends the loop.
WITH forget AS (
    SELECT * FROM letter_replays WHERE action = 'forget' AND ended_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
),
batch AS MATERIALIZED (
    SELECT l.id
      FROM dead_letters l
     WHERE l.id > (SELECT forgotten_to FROM forget) AND l.org_id = (SELECT org_id FROM forget)
       AND l.closed_at IS NULL AND l.failed_at <= (SELECT started_at FROM forget)
       AND l.entity = coalesce((SELECT request ->> 'entity' FROM forget), l.entity)
       AND l.source = coalesce((SELECT request ->> 'source' FROM forget), l.source)
       AND l.reason = coalesce((SELECT request ->> 'reason' FROM forget), l.reason)
       AND starts_with(l.error, coalesce((SELECT request ->> 'error' FROM forget), ''))
       AND l.failed_at >= coalesce((SELECT CAST(request ->> 'from' AS timestamptz) FROM forget), '-infinity')
       AND l.failed_at < coalesce((SELECT CAST(request ->> 'to' AS timestamptz) FROM forget), 'infinity')
     ORDER BY l.id LIMIT 1000
),
gone AS ( -- the conditions again, because another transaction may have changed a letter since
    DELETE FROM dead_letters
     WHERE id IN (SELECT id FROM batch) AND closed_at IS NULL AND failed_at <= (SELECT started_at FROM forget)
    RETURNING 1
),
counted AS (
    UPDATE letter_replays r
       SET forgotten = r.forgotten + (SELECT count(*) FROM gone), forgotten_to = coalesce(b.last, r.forgotten_to),
           ended_at = CASE WHEN b.letters < 1000 THEN clock_timestamp() END
      FROM (SELECT count(*) AS letters, max(id) AS last FROM batch) b
     WHERE r.id = (SELECT id FROM forget)
    RETURNING 1
)
SELECT count(*) AS worked_on FROM counted
