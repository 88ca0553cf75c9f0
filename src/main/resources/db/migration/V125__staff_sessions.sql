-- What an open page asks for by itself keeps no session alive.
COMMENT ON COLUMN staff_sessions.seen_at IS 'of the last act of a person, to the minute';
