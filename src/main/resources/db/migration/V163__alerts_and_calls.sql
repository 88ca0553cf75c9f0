-- The list of calls goes as far back as the ledger.
-- R__calls.sql d64bd48d12641e98

-- A channel that fails tells nobody of it; so the alert is not told, if there is no other channel.
-- R__alerts.sql 66edc823f0c2e269
COMMENT ON COLUMN alerts.told_state IS 'what the last message said, or would have said if there were a channel to tell of the failure of another; null: there was none';

-- The reason of a dead letter hides from a viewer what its error quotes.
-- R__personal.sql 90de23c49ef8ada6

-- What only one process knows is a problem that health of each process names.
ALTER TABLE timer_replicas
    ADD COLUMN login_trouble text,
    ADD COLUMN waiting_calls jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN timer_replicas.login_trouble IS 'the problem that a recent login of the replica had with the provider; null: there was none';
COMMENT ON COLUMN timer_replicas.waiting_calls IS 'of each organisation the call of the replica that has waited longest, if that is more than a minute: purpose, since, for';
