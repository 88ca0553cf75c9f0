-- A run that did not fail can still have an error, for a person to read: deletes are held, or it is not proved that the list was read to its end.
-- The watermark moves only here and never back. A dry run does not move it, nor does a run without the proof that its list was read to its end.
-- The watermark is the date of the run's first answer; for a resumed run, of the first answer of the run that was interrupted.
WITH RECURSIVE parts AS (
    SELECT id, resumed_from, rejected, unproved FROM sync_runs WHERE id = :#${variable.runId}
    UNION ALL
    SELECT r.id, r.resumed_from, r.rejected, r.unproved FROM sync_runs r JOIN parts p ON r.id = p.resumed_from
),
doubt AS (
    SELECT min(p.unproved) || '. So it is not proved that all records were read: the watermark stays, no deletes are proposed, and the next run reads them again' AS words
      FROM parts p
),
finished AS (
    UPDATE sync_runs
       SET status = CASE WHEN (SELECT sum(p.rejected) FROM parts p) > 0 OR error IS NOT NULL OR d.words IS NOT NULL THEN 'partial' ELSE 'succeeded' END,
           finished_at = clock_timestamp(), error = NULLIF(concat_ws('; ', error, d.words), ''),
           calls = (SELECT count(*) FROM zoho_calls c WHERE c.run_id = sync_runs.id AND c.released_at > c.at)
      FROM doubt d
     WHERE id = :#${variable.runId} AND epoch = :#${variable.run[epoch]} AND status = 'running'
    RETURNING sync_runs.*
),
moved AS (
    INSERT INTO sync_watermarks AS w (org, entity, watermark, records, run_id)
    SELECT org, entity, watermark, coalesce(CAST(cursor ->> 'total' AS bigint), 0), id FROM finished
      WHERE NOT dry_run AND mode NOT IN ('remap', 'deletes') AND NOT EXISTS (SELECT FROM doubt WHERE words IS NOT NULL)
        ON CONFLICT (org, entity) DO UPDATE
       SET watermark = greatest(w.watermark, EXCLUDED.watermark),
           records = CASE WHEN (SELECT cursor ->> 'total' FROM finished) IS NULL
                          THEN w.records + (SELECT created FROM finished) ELSE EXCLUDED.records END,
           run_id = EXCLUDED.run_id, updated_at = clock_timestamp()
)
SELECT format('run %s %s %s by %s: %s in %s s: %s pages, %s calls, %s seen, %s created, %s updated, %s unchanged, %s deleted, %s rejected%s%s%s',
              id, entity, CASE WHEN dry_run AND mode <> 'verify' THEN 'dry ' || mode ELSE mode END, trigger,
              status, round(extract(epoch FROM finished_at - started_at), 1),
              pages, calls, seen, created, updated, unchanged, deleted, rejected,
              CASE WHEN left_out + kept > 0 THEN format(', %s left out by the filter, %s outside it kept', left_out, kept) END,
              '; ' || summary, '; ' || error) AS line, entity, mode, status
  FROM finished
