-- What is requested record by record: the details that lists leave out, and stock, which moves without a new last_modified_time.

-- Records whose details were requested and, as far as is known, not stored. Until next_at no other caller requests them.
CREATE TABLE detail_attempts (
    org_id         text        NOT NULL,
    entity         text        NOT NULL,
    zoho_id        text        NOT NULL,
    row_updated_at timestamptz NOT NULL,                -- updated_at of the row to be completed; a changed row starts anew
    attempts       integer     NOT NULL DEFAULT 1,
    next_at        timestamptz NOT NULL,
    PRIMARY KEY (org_id, entity, zoho_id)
);

-- Progress of the details of a kind. Kinds without details have no row.
CREATE TABLE detail_progress (
    org_id     text        NOT NULL,
    entity     text        NOT NULL,
    lacking    bigint      NOT NULL DEFAULT 0,          -- rows without details, when they were last counted
    counted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    failures   integer     NOT NULL DEFAULT 0,          -- consecutive failures of the kind as a whole
    next_at    timestamptz,                             -- after failures: no request before this moment
    error      text,
    PRIMARY KEY (org_id, entity)
);

-- Items to be requested again, each once however often it is named.
CREATE TABLE stock_queue (
    org_id        text        NOT NULL,
    zoho_item_id  text        NOT NULL,
    queued_at     timestamptz NOT NULL DEFAULT clock_timestamp(),   -- when it was last named
    claimed_until timestamptz NOT NULL DEFAULT '-infinity',
    refused       integer     NOT NULL DEFAULT 0,                   -- how often a call for several items failed; then it is requested alone
    PRIMARY KEY (org_id, zoho_item_id)
);
