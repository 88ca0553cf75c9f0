-- The list of calls goes as far back as the ledger.
-- R__calls.sql d64bd48d12641e98

-- A channel that fails tells nobody of it; so the alert is not told, if there is no other channel.
-- R__alerts.sql 66edc823f0c2e269
COMMENT ON COLUMN alerts.told_state IS 'what the last message said, or would have said if there were a channel to tell of the failure of another; null: there was none';

-- The reason of a dead letter hides from a viewer what its error quotes.
-- R__personal.sql 90de23c49ef8ada6
