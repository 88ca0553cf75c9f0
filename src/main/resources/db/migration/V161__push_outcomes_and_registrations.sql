-- push_settle has one parameter more: whether an earlier attempt of the call may have been carried out.
DROP FUNCTION IF EXISTS push_settle(text, text, bigint, bigint, jsonb, jsonb);

-- Two registrations at the same time would make each webhook twice.
ALTER TABLE organisations ADD COLUMN registering_until timestamptz;
COMMENT ON COLUMN organisations.registering_until IS 'lease of the process that registers webhooks in Zoho; null: none does';

-- R__push_attempts.sql f9c2dc11c9788e76
-- R__push_decisions.sql 87cf50992f1000f1
-- R__push_judged.sql bece30a659fca76f
-- R__push_runs.sql 2016a03efb3e599c
-- R__push_settle.sql 7bb58b56fd9bcf07
-- R__push_plan.sql dc036bdd21822e0e
-- R__push_views.sql b3c770df361bfeed
