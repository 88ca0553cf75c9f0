-- A row that a webhook stored since the request is not marked as deleted.
-- R__deletes.sql f5c0360fbf16cd0f
DROP FUNCTION IF EXISTS mark_deleted(text, text, text, jsonb);
