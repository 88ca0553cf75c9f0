-- push_settle has one parameter more: whether an earlier attempt of the call may have been carried out.
DROP FUNCTION IF EXISTS push_settle(text, text, bigint, bigint, jsonb, jsonb);
-- R__push_attempts.sql cd35465dd9434624
-- R__push_decisions.sql 87cf50992f1000f1
-- R__push_judged.sql 1eb8254ad9fa11af
-- R__push_runs.sql 2016a03efb3e599c
-- R__push_settle.sql 77e759d42a53228b
