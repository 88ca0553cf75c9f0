-- Maps contacts to rows of customers. Inserts new rows and updates changed ones.
-- In: :?records, a JSON array of the records of one answer of Zoho, of a webhook, or of stored rows whose mapping is applied again.
-- Returns a row for each record that it wrote. created: true = inserted, false = changed, null = only the column shapes changed. A record that changes nothing
-- is neither written nor locked.
-- With :?ignoreVersion each record is taken, whatever the version of its row. A tombstone stays.
WITH newer AS (
    SELECT t.id, s.zoho_id, m.source, m.shapes, m.differs
      FROM sent_records(CAST(:?records AS jsonb), 'contact_id') s
      LEFT JOIN customers t ON t.org_id = :?org AND t.zoho_contact_id = s.zoho_id
     CROSS JOIN LATERAL merged(t.source, t.shapes, s.source, :?shape) m
     WHERE t.id IS NULL OR version_wins(CAST(:?ignoreVersion AS boolean), s.modified, CAST(:?requestedAt AS timestamptz),
                                        t.zoho_modified_at, t.requested_at, t.deleted_at)
),
mapped AS (
    SELECT n.id, n.zoho_id, n.source, n.shapes, n.differs,
           NULLIF(r.contact_name, '')                                                    AS name,
           NULLIF(r.company_name, '')                                                    AS company_name,
           NULLIF(r.contact_type, '')                                                    AS contact_type,
           NULLIF(r.email, '')                                                           AS email,
           NULLIF(r.phone, '')                                                           AS phone,
           NULLIF(r.mobile, '')                                                          AS mobile,
           NULLIF(r.currency_code, '')                                                   AS currency,
           zoho_number('outstanding_receivable_amount', r.outstanding_receivable_amount) AS outstanding_receivable,
           zoho_number('outstanding_payable_amount', r.outstanding_payable_amount)       AS outstanding_payable,
           lower(r.status) = 'active'                                                    AS is_active,
           zoho_time('created_time', r.created_time)                                     AS zoho_created_at,
           zoho_version(r.last_modified_time)                                            AS zoho_modified_at
      FROM newer n
     CROSS JOIN LATERAL jsonb_to_record(n.source) AS r(
           contact_name text, company_name text, contact_type text, email text, phone text, mobile text,
           currency_code text, outstanding_receivable_amount text, outstanding_payable_amount text, status text,
           created_time text, last_modified_time text)
)
INSERT INTO customers AS t (org_id, zoho_contact_id, name, company_name, contact_type, email, phone, mobile, currency,
                            outstanding_receivable, outstanding_payable, is_active, zoho_created_at, zoho_modified_at,
                            source, shapes, requested_at, updated_at)
SELECT :?org, m.zoho_id, m.name, m.company_name, m.contact_type, m.email, m.phone, m.mobile, m.currency, m.outstanding_receivable,
       m.outstanding_payable, m.is_active, m.zoho_created_at, m.zoho_modified_at,
       m.source, m.shapes, CAST(:?requestedAt AS timestamptz), CASE WHEN c.changed THEN clock_timestamp() ELSE p.updated_at END
  FROM mapped m
  LEFT JOIN customers p ON p.id = m.id
 CROSS JOIN LATERAL (
       SELECT p.id IS NULL OR p.deleted_at IS NOT NULL AND NOT CAST(:?ignoreVersion AS boolean) OR m.differs
              OR (p.name, p.company_name, p.contact_type, p.email, p.phone, p.mobile, p.currency, p.outstanding_receivable,
                  p.outstanding_payable, p.is_active, p.zoho_created_at, p.zoho_modified_at)
                 IS DISTINCT FROM
                 (m.name, m.company_name, m.contact_type, m.email, m.phone, m.mobile, m.currency, m.outstanding_receivable,
                  m.outstanding_payable, m.is_active, m.zoho_created_at, m.zoho_modified_at)) AS c(changed)
 WHERE c.changed OR p.shapes <> m.shapes
 ORDER BY m.zoho_id
    ON CONFLICT (org_id, zoho_contact_id) DO UPDATE
   SET name = EXCLUDED.name, company_name = EXCLUDED.company_name, contact_type = EXCLUDED.contact_type,
       email = EXCLUDED.email, phone = EXCLUDED.phone, mobile = EXCLUDED.mobile, currency = EXCLUDED.currency,
       outstanding_receivable = EXCLUDED.outstanding_receivable, outstanding_payable = EXCLUDED.outstanding_payable,
       is_active = EXCLUDED.is_active, zoho_created_at = EXCLUDED.zoho_created_at,
       zoho_modified_at = EXCLUDED.zoho_modified_at, source = EXCLUDED.source,
       shapes = EXCLUDED.shapes, requested_at = coalesce(EXCLUDED.requested_at, t.requested_at),
       deleted_at = CASE WHEN CAST(:?ignoreVersion AS boolean) THEN t.deleted_at END, updated_at = EXCLUDED.updated_at
RETURNING t.zoho_contact_id AS zoho_id, CASE WHEN t.updated_at >= statement_timestamp() THEN t.xmax = 0 END AS created
