-- A record has one dead letter for each content. If the same content fails again, its dead letter is updated.
INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, run_id, event_id)
VALUES (:#${variable.org}, CASE WHEN CAST(:#${variable.purpose} AS text) = 'webhook' THEN 'webhook' ELSE 'pull' END, :#${variable.entity},
        :#${body.zohoId}, :#${body.payload}, :#${body.error}, CAST(:#${variable.runId} AS bigint), CAST(:#${variable.eventIds} AS jsonb) ->> CAST(:#${body.zohoId} AS text))
    ON CONFLICT (org_id, source, entity, coalesce(zoho_id, ''), digest) DO UPDATE
   SET attempts = dead_letters.attempts + 1, error = EXCLUDED.error, run_id = EXCLUDED.run_id, event_id = EXCLUDED.event_id,
       failed_at = clock_timestamp(), closed_at = NULL
