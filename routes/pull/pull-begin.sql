UPDATE sync_runs r
   SET epoch = epoch + 1, heartbeat_at = clock_timestamp(), waiting_until = NULL, waiting_for = NULL
 WHERE id = :#${variable.runId} AND status = 'running'
RETURNING r.org, r.entity, r.mode, r.epoch, CAST(r.cursor AS text) AS cursor, r.pages > 0 AS woken,
          r.mode <> 'incremental' OR r.dry_run AS keeps_ids,
          (SELECT w.watermark FROM sync_watermarks w WHERE w.org = r.org AND w.entity = r.entity) AS since,
          (SELECT w.records FROM sync_watermarks w WHERE w.org = r.org AND w.entity = r.entity) AS records
