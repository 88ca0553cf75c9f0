-- Bills as Zoho sent them (:?records, a JSON array of one request) into bills: their mapping and their upsert.
-- Returns what was created and updated; a record that changes nothing is neither written nor locked.
-- :?again takes each record whatever the version of its row, which keeps its moment of the request and its tombstone.
WITH newer AS (
    SELECT t.id, s.zoho_id, merged_source(t.source, s.source) AS source
      FROM sent_records(CAST(:?records AS jsonb), 'bill_id') s
      LEFT JOIN bills t ON t.org_id = :?org AND t.zoho_bill_id = s.zoho_id
     WHERE t.id IS NULL OR version_wins(CAST(:?again AS boolean), s.modified, CAST(:?requestedAt AS timestamptz),
                                        t.zoho_modified_at, t.requested_at, t.deleted_at)
),
mapped AS (
    SELECT n.id, n.zoho_id, n.source,
           NULLIF(r.bill_number, '')                             AS bill_number,
           NULLIF(r.vendor_id, '')                               AS zoho_contact_id,
           NULLIF(r.status, '')                                  AS status,
           CAST(NULLIF(r.date, '') AS date)                      AS bill_date,
           CAST(NULLIF(r.due_date, '') AS date)                  AS due_date,
           CAST(NULLIF(r.total, '') AS numeric)                  AS total,
           CAST(NULLIF(r.balance, '') AS numeric)                AS balance,
           NULLIF(r.currency_code, '')                           AS currency,
           CAST(NULLIF(r.created_time, '') AS timestamptz)       AS zoho_created_at,
           CAST(NULLIF(r.last_modified_time, '') AS timestamptz) AS zoho_modified_at
      FROM newer n
     CROSS JOIN LATERAL jsonb_to_record(n.source) AS r(
           bill_number text, vendor_id text, status text, date text, due_date text, total text, balance text,
           currency_code text, created_time text, last_modified_time text)
)
INSERT INTO bills AS t (org_id, zoho_bill_id, bill_number, zoho_contact_id, status, bill_date, due_date, total,
                        balance, currency, zoho_created_at, zoho_modified_at, source, requested_at)
SELECT :?org, m.zoho_id, m.bill_number, m.zoho_contact_id, m.status, m.bill_date, m.due_date, m.total, m.balance, m.currency,
       m.zoho_created_at, m.zoho_modified_at,
       m.source, CAST(:?requestedAt AS timestamptz)
  FROM mapped m
  LEFT JOIN bills p ON p.id = m.id
 WHERE p.id IS NULL OR p.deleted_at IS NOT NULL AND NOT CAST(:?again AS boolean)
    OR (p.bill_number, p.zoho_contact_id, p.status, p.bill_date, p.due_date, p.total, p.balance, p.currency,
        p.zoho_created_at, p.zoho_modified_at, p.source)
       IS DISTINCT FROM
       (m.bill_number, m.zoho_contact_id, m.status, m.bill_date, m.due_date, m.total, m.balance, m.currency,
        m.zoho_created_at, m.zoho_modified_at, m.source)
 ORDER BY m.zoho_id
    ON CONFLICT (org_id, zoho_bill_id) DO UPDATE
   SET bill_number = EXCLUDED.bill_number, zoho_contact_id = EXCLUDED.zoho_contact_id, status = EXCLUDED.status,
       bill_date = EXCLUDED.bill_date, due_date = EXCLUDED.due_date, total = EXCLUDED.total,
       balance = EXCLUDED.balance, currency = EXCLUDED.currency, zoho_created_at = EXCLUDED.zoho_created_at,
       zoho_modified_at = EXCLUDED.zoho_modified_at, source = EXCLUDED.source,
       requested_at = CASE WHEN CAST(:?again AS boolean) THEN t.requested_at ELSE EXCLUDED.requested_at END,
       deleted_at = CASE WHEN CAST(:?again AS boolean) THEN t.deleted_at END, updated_at = clock_timestamp()
RETURNING t.zoho_bill_id AS zoho_id, (t.xmax = 0) AS created
