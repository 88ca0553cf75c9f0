-- Which records the pages of a run showed, rejected ones too: what none of them showed, Zoho may no longer have.
-- Of full and verify runs, and of dry ones. The number of a page is its place in the run.
CREATE TABLE sync_pages (
    run_id       bigint      NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    page         bigint      NOT NULL,
    ids          text[]      NOT NULL,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, page)
);
