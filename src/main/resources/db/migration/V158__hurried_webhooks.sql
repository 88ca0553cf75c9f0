-- An event that backs off is due at once when news of its record comes, but at most once a minute.
ALTER TABLE webhook_events ADD COLUMN hurried_at timestamptz;
COMMENT ON COLUMN webhook_events.hurried_at IS 'when news of the record last made the event due, after it had failed';
-- R__connections.sql e101261feadc3148
DROP VIEW IF EXISTS organisations_api; -- a function of this name takes its place
