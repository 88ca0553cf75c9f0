-- What is wanting in the records of a kind, measured by the kind's own statement when a run has changed something.
CREATE TABLE data_quality (
    run_id  bigint      NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    org_id  text        NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    entity  text        NOT NULL,
    measure text        NOT NULL,               -- without_sku, negative_stock, ...
    count   bigint      NOT NULL,
    of      bigint      NOT NULL,               -- of how many records
    share   numeric     GENERATED ALWAYS AS (round(CAST(count AS numeric) / NULLIF(of, 0), 4)) STORED,  -- 0 to 1; null: of none
    PRIMARY KEY (org_id, entity, run_id, measure)
);

-- The newest of each kind, by its index: the table grows with every run that changes something.
CREATE VIEW data_quality_now AS
SELECT q.org_id, q.entity, q.measure, q.count, q.of, q.share, q.at, q.run_id
  FROM sync_watermarks w
 CROSS JOIN LATERAL (SELECT n.run_id FROM data_quality n WHERE n.org_id = w.org AND n.entity = w.entity ORDER BY n.run_id DESC LIMIT 1) newest
  JOIN data_quality q ON q.org_id = w.org AND q.entity = w.entity AND q.run_id = newest.run_id;

DO
$$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        GRANT SELECT ON data_quality, data_quality_now TO saddlebag_reader;
    END IF;
END
$$;
