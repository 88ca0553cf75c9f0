-- Waits for the batch that is being deleted. Returns no row if there is no such replay; cancelled is 0 if it is no forget, or has ended.
WITH replay AS (
    SELECT id, org_id, action, ended_at FROM letter_replays WHERE id = :#${variable.id} FOR UPDATE
),
ended AS (
    UPDATE letter_replays SET ended_at = clock_timestamp(), cancelled = true
     WHERE id = (SELECT id FROM replay WHERE action = 'forget' AND ended_at IS NULL)
    RETURNING 1
)
SELECT org_id AS org, action, (SELECT count(*) FROM ended) AS cancelled FROM replay
