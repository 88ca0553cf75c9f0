-- What Zoho had when Saddlebag last looked, so that a page need not call Zoho.
CREATE TABLE webhook_sightings (
    org_id   text        NOT NULL REFERENCES organisations ON UPDATE CASCADE ON DELETE CASCADE,
    product  text        NOT NULL,
    seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    webhooks jsonb       NOT NULL,
    PRIMARY KEY (org_id, product)
);
COMMENT ON TABLE webhook_sightings IS
    'The webhooks and workflow rules of each product of Zoho, as the last plan or registration saw them.';

-- Counts the records of a target by status, and lists those of one status, without reading their bodies.
CREATE INDEX push_state_by_status ON push_state (org_id, target, status, record_key) INCLUDE (error_code, next_at, tried_at);

-- db/functions makes search_records anew, with a place at which to go on.
DROP FUNCTION IF EXISTS search_records(jsonb, text, text, integer);
-- R__search.sql 8e168594b305b949
-- R__retention.sql 69c67edf350f4d93
-- R__push_views.sql 131c74c155586995
