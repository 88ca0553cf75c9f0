-- Stores the records of a kind that has no SQL file of its own in the table records, as JSON. Inserts new rows and updates changed ones.
-- In: :?records, a JSON array of the records of one answer of Zoho, of a webhook, or of stored rows whose mapping is applied again.
-- Returns a row for each record that it wrote. created: true = inserted, false = changed, null = only the column shapes changed. A record that changes nothing
-- is neither written nor locked.
-- A created record is recognised by its times, because a partitioned table does not return xmax.
-- With :?ignoreVersion each record is taken, whatever the version of its row. A tombstone stays.
WITH newer AS (
    SELECT s.zoho_id, m.source, m.shapes, t.shapes AS shapes_before, t.updated_at,
           t.zoho_id IS NULL OR t.deleted_at IS NOT NULL AND NOT CAST(:?ignoreVersion AS boolean) OR m.differs AS changed
      FROM sent_records(CAST(:?records AS jsonb), :?idKey) s
      LEFT JOIN records t ON t.org_id = :?org AND t.entity = :?entity AND t.zoho_id = s.zoho_id
     CROSS JOIN LATERAL merged(t.source, t.shapes, s.source, :?shape) m
     WHERE t.zoho_id IS NULL OR version_wins(CAST(:?ignoreVersion AS boolean), s.modified, CAST(:?requestedAt AS timestamptz),
                                             t.zoho_modified_at, t.requested_at, t.deleted_at)
)
INSERT INTO records AS t (org_id, entity, zoho_id, source, shapes, zoho_created_at, zoho_modified_at, requested_at, created_at,
                          updated_at)
SELECT :?org, :?entity, n.zoho_id, n.source, n.shapes, zoho_time('created_time', n.source ->> 'created_time'),
       zoho_version(n.source ->> 'last_modified_time'), CAST(:?requestedAt AS timestamptz), c.now,
       CASE WHEN n.changed THEN c.now ELSE n.updated_at END
  FROM newer n CROSS JOIN (SELECT clock_timestamp() AS now) c
 WHERE n.changed OR n.shapes_before <> n.shapes
 ORDER BY n.zoho_id
    ON CONFLICT (org_id, zoho_id, entity) DO UPDATE
   SET source = EXCLUDED.source, shapes = EXCLUDED.shapes,
       zoho_created_at = EXCLUDED.zoho_created_at, zoho_modified_at = EXCLUDED.zoho_modified_at,
       requested_at = coalesce(EXCLUDED.requested_at, t.requested_at),
       deleted_at = CASE WHEN CAST(:?ignoreVersion AS boolean) THEN t.deleted_at END, updated_at = EXCLUDED.updated_at
RETURNING t.zoho_id, CASE WHEN t.updated_at >= statement_timestamp() THEN t.created_at = t.updated_at END AS created
