WITH ended AS (
    UPDATE sync_runs
       SET status = 'cancelled', finished_at = clock_timestamp(), waiting_until = NULL, waiting_for = NULL,
           calls = (SELECT count(*) FROM zoho_calls c WHERE c.run_id = sync_runs.id AND c.released_at > c.at)
     WHERE id = :#${variable.id} AND status = 'running'
    RETURNING 1
)
SELECT r.org, r.entity, EXISTS (SELECT FROM ended) AS cancelled FROM sync_runs r WHERE r.id = :#${variable.id}
