-- What a gauge counts every ten seconds.
CREATE INDEX sync_deletes_held ON sync_deletes (run_id) WHERE state = 'held';
