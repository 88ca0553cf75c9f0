-- A missing scope of Books concerns one list. The other kinds of the organisation are read from Books as before.
ALTER TABLE organisations ADD COLUMN books_refused jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN organisations.books_refused IS 'lists of Zoho Books that the connection lacks the scope for, with the time of the newest refusal: {"/books/v3/bills": "2026-01-31T10:11:12+00:00"}';
