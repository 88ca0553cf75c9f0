WITH noted AS (
    INSERT INTO sync_reports (run_id, zoho_id, what, changes)
    SELECT CAST(:#${variable.runId} AS bigint), r.zoho_id, r.what, r.changes
      FROM jsonb_to_recordset(CAST(:#${body[records]} AS jsonb)) AS r(zoho_id text, what text, changes jsonb)
        ON CONFLICT DO NOTHING
)
UPDATE sync_runs SET unannounced = unannounced + :#${body[unannounced]} WHERE id = :#${variable.runId}
