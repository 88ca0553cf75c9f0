-- Functions with the owner's rights find tables in Saddlebag's schema before those of a session. The runs to resume are found without reading all runs.
CREATE INDEX sync_runs_abandoned ON sync_runs (heartbeat_at) WHERE status = 'abandoned';
-- R__history.sql edc205e07a9f1dc8
-- R__images.sql a802f0530eb42f81
-- R__prices.sql 78c88902fd2d7ed1
-- R__runs.sql 26ba9d31abc269d8
-- R__stock.sql f88da8f1ef91e50b
-- R__verification.sql a69877735c6b5aa0
