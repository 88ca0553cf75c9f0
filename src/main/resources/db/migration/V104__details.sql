-- What is requested record by record: the details that lists leave out, and stock, which moves without a new last_modified_time.

CREATE TABLE detail_attempts (
    org_id         text        NOT NULL,
    entity         text        NOT NULL,
    zoho_id        text        NOT NULL,
    row_updated_at timestamptz NOT NULL,
    attempts       integer     NOT NULL DEFAULT 1,
    next_at        timestamptz NOT NULL,
    PRIMARY KEY (org_id, entity, zoho_id)
);
COMMENT ON TABLE detail_attempts IS
    'Records whose details were requested and, as far as is known, not stored. Until next_at no other caller requests them.';
COMMENT ON COLUMN detail_attempts.row_updated_at IS 'updated_at of the row to be completed; a changed row starts anew';

CREATE TABLE detail_progress (
    org_id     text        NOT NULL,
    entity     text        NOT NULL,
    lacking    bigint      NOT NULL DEFAULT 0,
    counted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    failures   integer     NOT NULL DEFAULT 0,
    next_at    timestamptz,
    error      text,
    PRIMARY KEY (org_id, entity)
);
COMMENT ON TABLE detail_progress IS 'Progress of the details of a kind. Kinds without details have no row.';
COMMENT ON COLUMN detail_progress.lacking IS 'rows without details, when they were last counted';
COMMENT ON COLUMN detail_progress.failures IS 'consecutive failures of the kind as a whole';
COMMENT ON COLUMN detail_progress.next_at IS 'after failures: no request before this moment';

CREATE TABLE stock_queue (
    org_id        text        NOT NULL,
    zoho_item_id  text        NOT NULL,
    queued_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    claimed_until timestamptz NOT NULL DEFAULT '-infinity',
    refused       integer     NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, zoho_item_id)
);
COMMENT ON TABLE stock_queue IS 'Items to be requested again, each once however often it is named.';
COMMENT ON COLUMN stock_queue.queued_at IS 'when it was last named';
COMMENT ON COLUMN stock_queue.refused IS 'how often a call for several items failed; then it is requested alone';
