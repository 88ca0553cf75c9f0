-- db/functions makes push_judged and push_attempt anew, with other parameters and a further column.
DROP FUNCTION IF EXISTS push_judged(text, text, jsonb, jsonb, push_row[]);
DROP FUNCTION IF EXISTS push_attempt(text, text, bigint, text[], text, jsonb, interval);
-- R__push.sql 1ab116a00063a0a8
-- R__push_decisions.sql 56a493ff0274d663
-- R__push_plan.sql 819e75d1889ca9a5
-- R__push_views.sql 7d67619b2188e6c8
