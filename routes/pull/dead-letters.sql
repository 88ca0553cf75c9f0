-- One per record and content, however often it fails.
INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, run_id)
VALUES (:#${variable.org}, 'pull', :#${variable.entity}, :#${body.zohoId}, :#${body.payload}, :#${body.error},
        CAST(:#${variable.runId} AS bigint))
    ON CONFLICT (org_id, source, entity, coalesce(zoho_id, ''), digest) DO UPDATE
   SET attempts = dead_letters.attempts + 1, error = EXCLUDED.error, run_id = EXCLUDED.run_id,
       failed_at = clock_timestamp(), closed_at = NULL
