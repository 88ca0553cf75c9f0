-- What a second reading of pushes found. Meta may answer several batches with one handle.
-- R__push.sql 1568b4945b06657b
-- R__push_plan.sql c9910ade260e9edc
-- R__push_decisions.sql ebb175167f2ea27a
-- R__push_views.sql 5d3b0f3fc1db30e0
-- R__push_handles.sql 4caa96e0236483d4
-- R__own_rows.sql f8008a9f7baf0c4f
ALTER TABLE push_handles DROP CONSTRAINT push_handles_pkey;
ALTER TABLE push_handles ADD PRIMARY KEY (org_id, target, handle, claim);
-- These have other parameters or columns, which CREATE OR REPLACE cannot change.
DROP FUNCTION IF EXISTS push_handle_result(text, text, text, jsonb);
DROP FUNCTION IF EXISTS push_handle_asked(text, text, text, text);
DROP FUNCTION IF EXISTS push_judged(text, text, jsonb, jsonb, push_row[], push_row[]);
