UPDATE sync_runs SET heartbeat_at = clock_timestamp() WHERE status = 'running' AND id IN (:#in:ids)
