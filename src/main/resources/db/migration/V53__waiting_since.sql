-- A run that waits again and again, and brings nothing in between, has waited since the first time.
ALTER TABLE sync_runs ADD waiting_since timestamptz;
