-- Events of one kind that one statement, or one call, settles together.
ALTER TABLE webhook_events ADD alone boolean NOT NULL DEFAULT false; -- an answer for many left its record out: it is asked for by its id

-- As before, and never more than one claim can hold in memory. With an organisation: those of its events that may be asked for
-- together.
DROP FUNCTION claim_webhooks(boolean, text[], integer, interval);
CREATE FUNCTION claim_webhooks(p_complete boolean, p_kinds text[], p_most integer, p_lease interval, p_org text DEFAULT NULL)
    RETURNS SETOF webhook_events
    LANGUAGE plpgsql
    SET enable_seqscan = off AS -- a plan made while the table was small would read all of it for each claim
$$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('webhook claims', 0));
    RETURN QUERY
        WITH due AS (
            SELECT e.org_id, e.event_id, e.due_at, e.id, octet_length(e.payload) AS bytes FROM webhook_events e
             WHERE e.status = 'pending' AND e.complete = p_complete AND e.due_at <= clock_timestamp()
               AND coalesce(e.claimed_until <= clock_timestamp(), true) AND e.entity = ANY (p_kinds)
               AND (p_org IS NULL OR e.org_id = p_org AND NOT e.alone)
               AND NOT EXISTS (SELECT FROM webhook_events o
                                WHERE o.org_id = e.org_id AND o.entity = e.entity AND o.zoho_id = e.zoho_id AND o.status = 'pending'
                                  AND (o.claimed_until > clock_timestamp()
                                       OR o.id < e.id AND (NOT e.complete OR o.due_at <= clock_timestamp())))
             ORDER BY e.due_at, e.id
             LIMIT p_most
               FOR UPDATE SKIP LOCKED),
        few AS (
            SELECT d.org_id, d.event_id, sum(d.bytes) OVER (ORDER BY d.due_at, d.id) - d.bytes AS bytes_before FROM due d)
        UPDATE webhook_events w
           SET claimed_until = clock_timestamp() + p_lease, attempts = w.attempts + 1
          FROM few f
         WHERE f.bytes_before < 2000000 AND w.org_id = f.org_id AND w.event_id = f.event_id
        RETURNING w.*;
END
$$;

-- What complete payloads, of which each record is there once, mean for their rows: store; older: the row is newer; same: the row
-- says so already; fetch: only Zoho can tell, for both are of the same second and differ, or one has no time, or the row is a
-- tombstone, or there is none although the record was told of before.
DROP FUNCTION judge_webhook(text, text, text, text, timestamptz, jsonb);
CREATE FUNCTION judge_webhooks(p_org text, p_entity text, p_table text, p_key text, p_id_key text, p_records jsonb)
    RETURNS TABLE (zoho_id text, verdict text)
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off AS -- a plan made while the tables were small would read all of them for each batch
$$
BEGIN
    RETURN QUERY EXECUTE format($judge$
        SELECT s.zoho_id,
               CASE WHEN t.org_id IS NULL THEN CASE WHEN EXISTS (SELECT FROM webhook_events e
                                                                  WHERE e.org_id = $1 AND e.entity = $4 AND e.zoho_id = s.zoho_id
                                                                    AND e.status = 'ignored') THEN 'fetch' ELSE 'store' END
                    WHEN t.deleted_at IS NOT NULL OR t.zoho_modified_at IS NULL THEN 'fetch'
                    WHEN t.zoho_modified_at > s.modified THEN 'older'
                    WHEN t.zoho_modified_at < s.modified THEN 'store'
                    WHEN merged_source(t.source, s.record) = t.source THEN 'same'
                    ELSE 'fetch' END
          FROM (SELECT r.record ->> $2 AS zoho_id, CAST(r.record ->> 'last_modified_time' AS timestamptz) AS modified, r.record
                  FROM jsonb_array_elements($3) AS r(record)) s
          LEFT JOIN %I t ON t.org_id = $1 AND t.%I = s.zoho_id
        $judge$, p_table, p_key) USING p_org, p_id_key, p_records, p_entity;
END
$$;
