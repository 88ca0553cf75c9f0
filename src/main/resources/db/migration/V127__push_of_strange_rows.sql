-- db/functions makes push_rows anew, with other parameters.
DROP FUNCTION IF EXISTS push_rows(text, text, jsonb);
-- R__push_decisions.sql b13d6f5fde55654b
-- R__push_plan.sql 4c057ff445c8ce7d
-- R__push_views.sql 3c92a6699abac8d3
-- R__push_amounts.sql 76f27df9a5a5ee54
-- R__push.sql 567a12a878b10b2d
