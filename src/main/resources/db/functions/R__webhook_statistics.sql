-- Compares the changes that runs found with those that webhooks reported.

-- Keeps the ids of records that a run has just written and that Zoho changed within the last day. Two sorts are left out, because no webhook
-- reports them: records of a first run, and changes of stock, which come without a new time.
CREATE OR REPLACE FUNCTION note_findings(p_org text, p_entity text, p_table text, p_key text, p_ids text[], p_run bigint) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    IF NOT EXISTS (SELECT FROM webhook_events e WHERE e.org_id = p_org)
       OR NOT EXISTS (SELECT FROM sync_watermarks w WHERE w.org = p_org AND w.entity = p_entity) THEN
        RETURN;
    END IF;
    EXECUTE format('INSERT INTO poll_findings (org_id, entity, zoho_id, modified_at, run_id)
                    SELECT $1, $2, t.%1$I, t.zoho_modified_at, $4 FROM %2$I t
                     WHERE t.org_id = $1 AND t.%1$I = ANY ($3) AND t.zoho_modified_at > clock_timestamp() - interval ''1 day''
                        ON CONFLICT DO NOTHING', p_key, p_table) USING p_org, p_entity, p_ids, p_run;
END
$$;

-- Changes that no webhook reported: no event of the record came after the change. Five minutes are allowed for the difference of two clocks.
CREATE OR REPLACE VIEW missed_webhooks AS
SELECT f.* FROM poll_findings f
 WHERE NOT EXISTS (SELECT FROM webhook_events e
                    WHERE e.org_id = f.org_id AND e.entity = f.entity AND e.zoho_id = f.zoho_id
                      AND e.received_at > f.modified_at - interval '5 minutes');

-- For kinds with webhooks, the last day in figures: accepted events (told), and changes that a run found and no webhook reported (missed). A
-- change that was found within the last ten minutes is not counted, because its webhook may still come.
CREATE OR REPLACE VIEW webhooks_of_a_day AS
SELECT c.org_id, c.entity, sum(c.count) FILTER (WHERE c.hour > clock_timestamp() - interval '1 day') AS told,
       (SELECT count(*) FROM missed_webhooks m
         WHERE m.org_id = c.org_id AND m.entity = c.entity
           AND m.found_at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() - interval '10 minutes') AS missed
  FROM webhook_counts c
 WHERE c.result = 'accepted'
 GROUP BY c.org_id, c.entity;
