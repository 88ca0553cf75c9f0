-- The functions of push have moved into files by step.
DROP FUNCTION IF EXISTS push_own_reference(text, text, text); -- it asks for the target, too
COMMENT ON COLUMN organisations.books_refused IS 'lists and push targets of Zoho Books that the connection lacks a scope for, with the time of the newest refusal: '
    '{"/books/v3/bills": "2026-01-31T10:11:12+00:00", "books-invoices": "2026-01-31T10:11:12+00:00"}';
-- R__push.sql 10cb47c00b5ba36d
-- R__push_attempts.sql 6e39509f727b6c8f
-- R__push_checks.sql 588c7c486c33c01a
-- R__push_documents.sql 1d8358141f788690
-- R__push_judged.sql ea0e89dc98d009d6
-- R__push_plan.sql ae0fc36a22b50235
-- R__push_read.sql d8ec7b98e82b80ad
-- R__push_rows.sql 5e36fbfe28dd687d
-- R__push_runs.sql 695ea909e16fd631
-- R__push_settle.sql 49c378ca6066eae7
