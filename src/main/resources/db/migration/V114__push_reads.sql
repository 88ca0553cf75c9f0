-- What a plan or a verification of a push target has read from Zoho.
CREATE TABLE push_reads (
    run_id       bigint  NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    record_key   text    NOT NULL,
    external_key text,
    zoho_id      text,
    body         jsonb,
    judged       jsonb   NOT NULL DEFAULT '{}',
    asked        boolean NOT NULL DEFAULT false,
    records      jsonb   NOT NULL DEFAULT '{}',
    PRIMARY KEY (run_id, record_key)
);
COMMENT ON TABLE push_reads IS 'Rows of a push target whose records a plan or a verification reads from Zoho; emptied when the run has written its report.';
COMMENT ON COLUMN push_reads.body IS 'what is compared with Zoho: in a plan the body of the row, in a verification the body that Zoho confirmed';
COMMENT ON COLUMN push_reads.judged IS 'in a plan: what a run would do with the row, as push_judged says';
COMMENT ON COLUMN push_reads.asked IS 'whether Zoho was asked for the record';
COMMENT ON COLUMN push_reads.records IS 'the records of Zoho that have the external key, by their ids';
-- R__push_plan.sql ed8423dbde2c0174
-- R__push.sql 08c5282a5b876b6a
-- R__push_amounts.sql 50525df8cae9aa14
