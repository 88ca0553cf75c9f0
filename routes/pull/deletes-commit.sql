-- Only the process that holds the run's epoch decides on its list. What a later request brought is no longer gone.
WITH gone AS (
    SELECT id, at FROM jsonb_to_recordset(CAST(:#${variable.proof.goneJson} AS jsonb)) AS g(id text, at timestamptz)
),
found AS (
    SELECT d.zoho_id, g.at,
           CASE WHEN d.zoho_id = ANY (CAST(:#${variable.marked} AS text[])) THEN 'gone'
                WHEN g.id IS NOT NULL OR d.zoho_id = ANY (CAST(:#${variable.proof.livingIds} AS text[])) THEN 'living'
                ELSE 'proposed' END AS state
      FROM sync_deletes d LEFT JOIN gone g ON g.id = d.zoho_id
     WHERE d.run_id = CAST(:#${variable.list} AS bigint) AND d.zoho_id = ANY (CAST(:#${variable.proof.ids} AS text[]))
),
decided AS (
    UPDATE sync_deletes d
       SET state = f.state, requested_at = coalesce(f.at, d.requested_at), details_at = clock_timestamp(),
           decided_at = CASE WHEN f.state <> 'proposed' THEN clock_timestamp() END,
           decided_run = CASE WHEN f.state <> 'proposed' THEN CAST(:#${variable.runId} AS bigint) END
      FROM found f
     WHERE d.run_id = CAST(:#${variable.list} AS bigint) AND d.zoho_id = f.zoho_id
)
UPDATE sync_runs
   SET deleted = deleted + :#${variable.deleted},
       seen = seen + :#${variable.proof.seen},
       created = created + :#${variable.proof.created},
       updated = updated + :#${variable.proof.updated},
       unchanged = unchanged + :#${variable.proof.unchanged},
       rejected = rejected + :#${variable.proof.rejected},
       heartbeat_at = clock_timestamp(), waiting_since = NULL
 WHERE id = :#${variable.runId} AND epoch = :#${variable.epoch} AND status = 'running'
RETURNING id
