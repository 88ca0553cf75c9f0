-- Takes over a run: a higher epoch locks out the process that worked on it before. since is the watermark, or 10 minutes ago if that is
-- earlier; records is the number of records in the list, as the runs before counted them. Both are null if no run has set a watermark.
-- continues is true if this run has committed a page already. PullPages reads all three, with cursor.
UPDATE sync_runs r
   SET epoch = epoch + 1, heartbeat_at = clock_timestamp(), waiting_until = NULL, waiting_for = NULL
 WHERE id = :#${variable.runId} AND status = 'running'
RETURNING r.org, r.entity, r.mode, r.epoch, CAST(r.cursor AS text) AS cursor, r.pages > 0 AS continues,
          r.dry_run, CAST(r.request AS text) AS request, coalesce(r.cursor ->> 'after', '') AS after,
          r.mode IN ('full', 'verify') OR r.dry_run AND r.mode <> 'remap' AS keeps_page_ids,
          r.mode = 'verify' OR r.dry_run AS writes_report, r.mode <> 'remap' AND NOT r.dry_run AS counts_in_metrics,
          (SELECT least(w.watermark, clock_timestamp() - interval '10 minutes') FROM sync_watermarks w WHERE w.org = r.org AND w.entity = r.entity) AS since,
          (SELECT w.records FROM sync_watermarks w WHERE w.org = r.org AND w.entity = r.entity) AS records
