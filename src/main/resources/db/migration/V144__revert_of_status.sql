-- A revert gives back the status too.
-- R__push.sql b74b7cfef42218aa
-- R__push_decisions.sql 1a6692bb7d82aa27
-- push_before has a column more, which CREATE OR REPLACE cannot add.
DROP FUNCTION IF EXISTS push_before(bigint);
