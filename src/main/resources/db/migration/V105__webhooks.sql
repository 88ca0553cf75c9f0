CREATE TABLE webhook_events (
    id            bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    org_id        text        NOT NULL,
    event_id      text        NOT NULL,
    digest        text        NOT NULL,
    entity        text        NOT NULL,
    event         text        NOT NULL CHECK (event IN ('created', 'updated', 'deleted')),
    zoho_id       text        NOT NULL,
    modified      timestamptz,
    complete      boolean     NOT NULL,
    payload       text        NOT NULL,
    status        text        NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'dead', 'ignored')),
    claimed_until timestamptz,
    attempts      integer     NOT NULL DEFAULT 0,
    alone         boolean     NOT NULL DEFAULT false,
    due_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    received_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    told_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    processed_at  timestamptz,
    error         text,
    hint          text,
    fetched_at    timestamptz,
    PRIMARY KEY (org_id, event_id)
);
COMMENT ON TABLE webhook_events IS
    'The inbox: each webhook is stored before it is answered, together with what became of it. For the application alone, '
    'not for readers.';
COMMENT ON COLUMN webhook_events.id IS 'the order of arrival';
COMMENT ON COLUMN webhook_events.event_id IS 'the digest; of a hint that came again, the digest with a random suffix';
COMMENT ON COLUMN webhook_events.digest IS 'of organisation, kind, event, record, last_modified_time and body';
COMMENT ON COLUMN webhook_events.modified IS 'last_modified_time of the payload; null: the event is only a hint';
COMMENT ON COLUMN webhook_events.complete IS 'the payload has all that the kind''s sink needs; otherwise the record is fetched';
COMMENT ON COLUMN webhook_events.alone IS 'an answer for several records left this one out: it is fetched by its own id';
COMMENT ON COLUMN webhook_events.told_at IS
    'when the same hint last came. It then speaks of what happened since: an answer requested before that does not settle '
    'it';
COMMENT ON COLUMN webhook_events.hint IS
    'the digest, of a hint whose work has not begun. An event loses its hint for good when it is claimed: what comes after '
    'is news';
COMMENT ON COLUMN webhook_events.fetched_at IS
    'when the request was sent whose answer settled the event. Anybody can capture a hint and send it again, as often as '
    'they like. When a record was fetched three times within a minute, its next fetch waits until the first of these is a '
    'minute old, and answers all hints that came until then';
-- Pending events in the order in which they are claimed; with the whole order in the index nothing is sorted.
CREATE INDEX webhook_events_in_turn ON webhook_events (complete, due_at, id) WHERE status = 'pending';
CREATE INDEX webhook_events_of_a_record ON webhook_events (org_id, entity, zoho_id, id) WHERE status = 'pending';
-- Of equal hints only one waits whose work has not begun.
CREATE UNIQUE INDEX webhook_events_unbegun ON webhook_events (org_id, hint) WHERE status = 'pending' AND hint IS NOT NULL;
CREATE INDEX webhook_events_fetched ON webhook_events (org_id, entity, zoho_id, fetched_at) WHERE fetched_at IS NOT NULL;
-- Records that Zoho no longer had when they were fetched, and that have no row: a payload of theirs that comes later is not believed.
CREATE INDEX webhook_events_ignored ON webhook_events (org_id, entity, zoho_id) WHERE status = 'ignored';
CREATE INDEX webhook_events_told ON webhook_events (org_id, entity, zoho_id, received_at);
CREATE INDEX webhook_events_received ON webhook_events USING brin (received_at);

CREATE TABLE webhook_registrations (
    org_id        text        NOT NULL,
    webhook_id    text        NOT NULL,
    fingerprint   text        NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, webhook_id)
);
COMMENT ON TABLE webhook_registrations IS
    'Which secret and address a webhook was registered with. Zoho does not show secrets, so the signature of the address is '
    'kept.';

CREATE TABLE webhook_counts (
    org_id text        NOT NULL,
    entity text        NOT NULL,
    event  text        NOT NULL,
    result text        NOT NULL,
    hour   timestamptz NOT NULL,
    count  bigint      NOT NULL,
    PRIMARY KEY (org_id, entity, event, result, hour)
);
COMMENT ON TABLE webhook_counts IS
    'Webhooks by outcome and hour. A request that was refused before its signature was verified belongs to organisation '
    '''''.';
COMMENT ON COLUMN webhook_counts.result IS 'accepted, duplicate, done, dead, ignored, refused-...';

CREATE TABLE poll_findings (
    org_id      text        NOT NULL,
    entity      text        NOT NULL,
    zoho_id     text        NOT NULL,
    modified_at timestamptz NOT NULL,
    found_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    run_id      bigint      NOT NULL,
    PRIMARY KEY (org_id, entity, zoho_id, modified_at)
);
COMMENT ON TABLE poll_findings IS
    'Changes that runs found, of organisations that receive webhooks: those that no webhook reported show that one is '
    'missing.';
CREATE INDEX poll_findings_found ON poll_findings (org_id, found_at);
