-- Reasons of documents no longer quote the key of the contact. Open pages hear of each dead letter that is closed.
-- R__push_documents.sql d9264d515956d023

CREATE INDEX dead_letters_closed ON dead_letters (closed_at) WHERE closed_at IS NOT NULL;
