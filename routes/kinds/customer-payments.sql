-- Maps customer payments to rows of customer_payments and, where the answer says what was applied to which invoice, to rows of
-- customer_payment_allocations. Inserts new rows and updates changed ones.
-- In: :?records, a JSON array of the records of one answer of Zoho, of a webhook, or of stored rows whose mapping is applied again.
-- Returns a row for each record that it wrote. created: true = inserted, false = changed, null = only the column shapes changed. A record that changes nothing
-- is neither written nor locked, and neither is an allocation.
-- With :?ignoreVersion each record is taken, whatever the version of its row. A tombstone stays.
WITH newer AS (
    SELECT t.id, s.zoho_id, m.source, m.shapes, m.differs, s.modified, parts_of(s.source, m.gone, m.source, 'invoices') AS lines
      FROM sent_records(CAST(:?records AS jsonb), 'payment_id') s
      LEFT JOIN customer_payments t ON t.org_id = :?org AND t.zoho_payment_id = s.zoho_id
     CROSS JOIN LATERAL merged(t.source, t.shapes, s.source, :?shape) m
     WHERE t.id IS NULL OR version_wins(CAST(:?ignoreVersion AS boolean), s.modified, CAST(:?requestedAt AS timestamptz),
                                        t.zoho_modified_at, t.requested_at, t.deleted_at)
),
mapped AS (
    SELECT n.id, n.zoho_id, n.source, n.shapes, n.differs, n.modified, n.lines IS NOT NULL AS has_lines,
           NULLIF(r.payment_number, '')                                          AS payment_number,
           NULLIF(r.customer_id, '')                                             AS zoho_contact_id,
           zoho_date('date', r.date)                                             AS payment_date,
           zoho_number('amount', r.amount)                                       AS amount,
           zoho_number('unused_amount', r.unused_amount)                         AS unused_amount,
           NULLIF(r.payment_mode, '')                                            AS payment_mode,
           NULLIF(r.currency_code, '')                                           AS currency,
           NULLIF(r.reference_number, '')                                        AS reference_number,
           coalesce(NULLIF(r.invoice_numbers, ''), NULLIF(r.invoice_number, '')) AS invoice_numbers,
           zoho_time('created_time', r.created_time)                             AS zoho_created_at,
           zoho_version(r.last_modified_time)                                    AS zoho_modified_at
      FROM newer n
     CROSS JOIN LATERAL jsonb_to_record(n.source) AS r(
           payment_number text, customer_id text, date text, amount text, unused_amount text, payment_mode text,
           currency_code text, reference_number text, invoice_numbers text, invoice_number text, created_time text,
           last_modified_time text)
),
listed AS (
    SELECT n.zoho_id, n.lines, ARRAY(SELECT l.line_id FROM sent_lines(n.lines, 'invoice_payment_id', 'invoice_id') l) AS line_ids
      FROM newer n WHERE n.lines IS NOT NULL
),
allocations_gone AS (
    DELETE FROM customer_payment_allocations o USING listed m
     WHERE o.org_id = :?org AND o.zoho_payment_id = m.zoho_id AND o.zoho_allocation_id <> ALL (m.line_ids)
),
allocations AS (
    SELECT m.zoho_id, l.line_id, l.place, l.source,
           NULLIF(r.invoice_id, '')                                 AS zoho_invoice_id,
           zoho_number('invoices.amount_applied', r.amount_applied) AS amount_applied,
           zoho_date('invoices.date', r.date)                       AS applied_on
      FROM listed m
     CROSS JOIN LATERAL sent_lines(m.lines, 'invoice_payment_id', 'invoice_id') l
     CROSS JOIN LATERAL jsonb_to_record(l.source) AS r(invoice_id text, amount_applied text, date text)
),
allocations_written AS (
    INSERT INTO customer_payment_allocations AS t (org_id, zoho_payment_id, zoho_allocation_id, zoho_invoice_id,
                                                   amount_applied, applied_on, source)
    SELECT :?org, l.zoho_id, l.line_id, l.zoho_invoice_id, l.amount_applied, l.applied_on, l.source
      FROM allocations l
      LEFT JOIN customer_payment_allocations o ON o.org_id = :?org AND o.zoho_payment_id = l.zoho_id
                                              AND o.zoho_allocation_id = l.line_id
     WHERE (o.zoho_invoice_id, o.amount_applied, o.applied_on, o.source)
           IS DISTINCT FROM
           (l.zoho_invoice_id, l.amount_applied, l.applied_on, l.source)
     ORDER BY l.zoho_id, l.place
        ON CONFLICT (org_id, zoho_payment_id, zoho_allocation_id) DO UPDATE
       SET zoho_invoice_id = EXCLUDED.zoho_invoice_id, amount_applied = EXCLUDED.amount_applied,
           applied_on = EXCLUDED.applied_on, source = EXCLUDED.source, updated_at = clock_timestamp()
)
INSERT INTO customer_payments AS t (org_id, zoho_payment_id, payment_number, zoho_contact_id, payment_date, amount,
                                    unused_amount, payment_mode, currency, reference_number, invoice_numbers,
                                    zoho_created_at, zoho_modified_at, detailed, source, shapes,
                                    requested_at, updated_at)
SELECT :?org, m.zoho_id, m.payment_number, m.zoho_contact_id, m.payment_date, m.amount, m.unused_amount, m.payment_mode,
       m.currency, m.reference_number, m.invoice_numbers, m.zoho_created_at, m.zoho_modified_at, d.detailed,
       m.source, m.shapes, CAST(:?requestedAt AS timestamptz), CASE WHEN c.changed THEN clock_timestamp() ELSE p.updated_at END
  FROM mapped m
  LEFT JOIN customer_payments p ON p.id = m.id
 CROSS JOIN LATERAL (
       SELECT (p.payment_number, p.zoho_contact_id, p.payment_date, p.amount, p.unused_amount, p.payment_mode,
               p.currency, p.reference_number, p.invoice_numbers, p.zoho_created_at, p.zoho_modified_at)
              IS NOT DISTINCT FROM
              (m.payment_number, m.zoho_contact_id, m.payment_date, m.amount, m.unused_amount, m.payment_mode,
               m.currency, m.reference_number, m.invoice_numbers, m.zoho_created_at, m.zoho_modified_at) AS columns) same
 CROSS JOIN LATERAL (
       SELECT still_detailed(CAST(:?ignoreVersion AS boolean), m.has_lines OR :?shape = 'record', m.modified, same.columns, p.detailed, p.zoho_modified_at)) AS d(detailed)
 CROSS JOIN LATERAL (
       SELECT p.id IS NULL OR p.deleted_at IS NOT NULL AND NOT CAST(:?ignoreVersion AS boolean) OR m.differs OR NOT same.columns
              OR p.detailed <> d.detailed) AS c(changed)
 WHERE c.changed OR p.shapes <> m.shapes
 ORDER BY m.zoho_id
    ON CONFLICT (org_id, zoho_payment_id) DO UPDATE
   SET payment_number = EXCLUDED.payment_number, zoho_contact_id = EXCLUDED.zoho_contact_id,
       payment_date = EXCLUDED.payment_date, amount = EXCLUDED.amount, unused_amount = EXCLUDED.unused_amount,
       payment_mode = EXCLUDED.payment_mode, currency = EXCLUDED.currency,
       reference_number = EXCLUDED.reference_number, invoice_numbers = EXCLUDED.invoice_numbers,
       zoho_created_at = EXCLUDED.zoho_created_at, zoho_modified_at = EXCLUDED.zoho_modified_at,
       detailed = EXCLUDED.detailed, source = EXCLUDED.source,
       shapes = EXCLUDED.shapes, requested_at = coalesce(EXCLUDED.requested_at, t.requested_at),
       deleted_at = CASE WHEN CAST(:?ignoreVersion AS boolean) THEN t.deleted_at END, updated_at = EXCLUDED.updated_at
RETURNING t.zoho_payment_id AS zoho_id, CASE WHEN t.updated_at >= statement_timestamp() THEN t.xmax = 0 END AS created
