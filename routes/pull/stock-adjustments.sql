-- Inventory adjustments as Zoho sent them (:?records, a JSON array of one request) into stock_adjustments: their mapping and their upsert.
-- Returns what was created and updated; a record that changes nothing is neither written nor locked.
-- :?again takes each record whatever the version of its row, which keeps its moment of the request and its tombstone.
WITH newer AS (
    SELECT t.id, s.zoho_id, merged_source(t.source, s.source) AS source
      FROM sent_records(CAST(:?records AS jsonb), 'inventory_adjustment_id') s
      LEFT JOIN stock_adjustments t ON t.org_id = :?org AND t.zoho_adjustment_id = s.zoho_id
     WHERE t.id IS NULL OR version_wins(CAST(:?again AS boolean), s.modified, CAST(:?requestedAt AS timestamptz),
                                        t.zoho_modified_at, t.requested_at, t.deleted_at)
),
mapped AS (
    SELECT n.id, n.zoho_id, n.source,
           CAST(NULLIF(r.date, '') AS date)                      AS adjustment_date,
           NULLIF(r.reason, '')                                  AS reason,
           NULLIF(r.adjustment_type, '')                         AS adjustment_type,
           NULLIF(r.status, '')                                  AS status,
           NULLIF(r.reference_number, '')                        AS reference_number,
           CAST(NULLIF(r.created_time, '') AS timestamptz)       AS zoho_created_at,
           CAST(NULLIF(r.last_modified_time, '') AS timestamptz) AS zoho_modified_at
      FROM newer n
     CROSS JOIN LATERAL jsonb_to_record(n.source) AS r(
           date text, reason text, adjustment_type text, status text, reference_number text, created_time text,
           last_modified_time text)
)
INSERT INTO stock_adjustments AS t (org_id, zoho_adjustment_id, adjustment_date, reason, adjustment_type, status,
                                    reference_number, zoho_created_at, zoho_modified_at, source, requested_at)
SELECT :?org, m.zoho_id, m.adjustment_date, m.reason, m.adjustment_type, m.status, m.reference_number, m.zoho_created_at,
       m.zoho_modified_at,
       m.source, CAST(:?requestedAt AS timestamptz)
  FROM mapped m
  LEFT JOIN stock_adjustments p ON p.id = m.id
 WHERE p.id IS NULL OR p.deleted_at IS NOT NULL AND NOT CAST(:?again AS boolean)
    OR (p.adjustment_date, p.reason, p.adjustment_type, p.status, p.reference_number, p.zoho_created_at,
        p.zoho_modified_at, p.source)
       IS DISTINCT FROM
       (m.adjustment_date, m.reason, m.adjustment_type, m.status, m.reference_number, m.zoho_created_at,
        m.zoho_modified_at, m.source)
 ORDER BY m.zoho_id
    ON CONFLICT (org_id, zoho_adjustment_id) DO UPDATE
   SET adjustment_date = EXCLUDED.adjustment_date, reason = EXCLUDED.reason,
       adjustment_type = EXCLUDED.adjustment_type, status = EXCLUDED.status,
       reference_number = EXCLUDED.reference_number, zoho_created_at = EXCLUDED.zoho_created_at,
       zoho_modified_at = EXCLUDED.zoho_modified_at, source = EXCLUDED.source,
       requested_at = CASE WHEN CAST(:?again AS boolean) THEN t.requested_at ELSE EXCLUDED.requested_at END,
       deleted_at = CASE WHEN CAST(:?again AS boolean) THEN t.deleted_at END, updated_at = clock_timestamp()
RETURNING t.zoho_adjustment_id AS zoho_id, (t.xmax = 0) AS created
