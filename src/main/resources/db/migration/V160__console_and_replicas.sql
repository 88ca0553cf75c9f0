-- The console shows what the last check of a connection found, also after its page was left.
ALTER TABLE organisations
    ADD COLUMN checked_at timestamptz,
    ADD COLUMN check_report jsonb;
COMMENT ON COLUMN organisations.checked_at IS 'when the connection was last checked';
COMMENT ON COLUMN organisations.check_report IS 'what that check found, as POST /api/zoho/check answers it';
