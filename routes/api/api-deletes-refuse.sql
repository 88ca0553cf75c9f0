-- Refuses all deletes of a list, or the chosen ones. Refuses nothing while a run is checking these deletes.
WITH busy AS (
    SELECT b.id FROM sync_runs b WHERE b.org = :#${variable.org} AND b.entity = :#${variable.entity} AND b.status = 'running'
       AND deletes_list(b) = CAST(:#${variable.deletes[list]} AS bigint)
),
refused AS (
    UPDATE sync_deletes SET state = 'refused', decided_at = clock_timestamp()
     WHERE run_id = CAST(:#${variable.deletes[list]} AS bigint) AND state IN ('proposed', 'held') AND NOT EXISTS (SELECT FROM busy)
       AND (CAST(:#${variable.chosen} AS text) IS NULL OR zoho_id IN (SELECT jsonb_array_elements_text(CAST(:#${variable.chosen} AS jsonb))))
    RETURNING 1
)
SELECT (SELECT id FROM busy) AS busy, (SELECT count(*) FROM refused) AS refused
