-- What became of webhooks, by the hour; a request that was refused before its signature was found good is of nobody: ''.
CREATE TABLE webhook_counts (
    org_id text        NOT NULL,
    entity text        NOT NULL,
    event  text        NOT NULL,
    result text        NOT NULL,   -- accepted, duplicate, done, dead, ignored, refused-...
    hour   timestamptz NOT NULL,
    count  bigint      NOT NULL,
    PRIMARY KEY (org_id, entity, event, result, hour)
);

-- Changes that runs found, of organisations that get webhooks.
CREATE TABLE poll_findings (
    org_id      text        NOT NULL,
    entity      text        NOT NULL,
    zoho_id     text        NOT NULL,
    modified_at timestamptz NOT NULL,
    found_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    run_id      bigint      NOT NULL,
    PRIMARY KEY (org_id, entity, zoho_id, modified_at)
);
CREATE INDEX poll_findings_found ON poll_findings (org_id, found_at);
CREATE INDEX webhook_events_told ON webhook_events (org_id, entity, zoho_id, received_at);
CREATE INDEX webhook_events_received ON webhook_events USING brin (received_at);

-- Keeps what a run has just written and Zoho changed within the last day. A first run finds what was there before it, and
-- stock moves without a new time: neither is a change that a webhook would have told.
CREATE FUNCTION note_findings(p_org text, p_entity text, p_table text, p_key text, p_ids text[], p_run bigint) RETURNS void
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

-- What no webhook has told: none of the record came after the change, give or take five minutes between two clocks.
CREATE VIEW missed_webhooks AS
SELECT f.* FROM poll_findings f
 WHERE NOT EXISTS (SELECT FROM webhook_events e
                    WHERE e.org_id = f.org_id AND e.entity = f.entity AND e.zoho_id = f.zoho_id
                      AND e.received_at > f.modified_at - interval '5 minutes');

-- Of the last day, of kinds whose webhooks come: what they told, and what a run found that they did not; what was found a
-- moment ago may still be told.
CREATE VIEW webhooks_of_a_day AS
SELECT c.org_id, c.entity, sum(c.count) FILTER (WHERE c.hour > clock_timestamp() - interval '1 day') AS told,
       (SELECT count(*) FROM missed_webhooks m
         WHERE m.org_id = c.org_id AND m.entity = c.entity
           AND m.found_at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() - interval '10 minutes') AS missed
  FROM webhook_counts c
 WHERE c.result = 'accepted'
 GROUP BY c.org_id, c.entity;
