-- What Zoho no longer had when it was asked, and no row tells of: a payload of it that comes later, or late, is not believed.
CREATE INDEX webhook_events_ignored ON webhook_events (org_id, entity, zoho_id) WHERE status = 'ignored';

DROP FUNCTION judge_webhook(text, text, text, text, timestamptz, jsonb);

-- What a complete payload means for its row: store; older: the row is newer; same: the row says so already; fetch: only
-- Zoho can tell, for both are of the same second and differ, or one has no time, or the row is a tombstone, or there is none
-- although the record was told of before.
CREATE FUNCTION judge_webhook(p_org text, p_entity text, p_table text, p_key text, p_zoho_id text, p_modified timestamptz,
                              p_record jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off AS -- a plan made while the tables were small would read all of them for each event
$$
DECLARE
    v_verdict text;
BEGIN
    EXECUTE format($judge$
        SELECT CASE WHEN t.deleted_at IS NOT NULL OR t.zoho_modified_at IS NULL THEN 'fetch'
                    WHEN t.zoho_modified_at > $3 THEN 'older'
                    WHEN t.zoho_modified_at < $3 THEN 'store'
                    WHEN merged_source(t.source, $4) = t.source THEN 'same'
                    ELSE 'fetch' END
          FROM %I t WHERE t.org_id = $1 AND t.%I = $2
        $judge$, p_table, p_key) INTO v_verdict USING p_org, p_zoho_id, p_modified, p_record;
    RETURN coalesce(v_verdict, CASE WHEN EXISTS (SELECT FROM webhook_events e
                                                  WHERE e.org_id = p_org AND e.entity = p_entity AND e.zoho_id = p_zoho_id
                                                    AND e.status = 'ignored') THEN 'fetch' ELSE 'store' END);
END
$$;
