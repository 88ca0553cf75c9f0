-- Deletes are listed with what people know the records by besides the name.
-- R__search.sql 461e6ab2cc141e19
-- record_labels has a column more, which CREATE OR REPLACE cannot add.
DROP FUNCTION IF EXISTS record_labels(jsonb, text, text, text[]);
