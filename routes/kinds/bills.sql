-- Maps bills to rows of bills and, where the answer has their lines, to rows of bill_lines. Inserts new rows and updates changed ones.
-- In: :?records, a JSON array of the records of one answer of Zoho, of a webhook, or of stored rows whose mapping is applied again.
-- Returns a row for each record that it wrote. created: true = inserted, false = changed, null = only the column shapes changed. A record that changes nothing
-- is neither written nor locked, and neither is a line.
-- With :?ignoreVersion each record is taken, whatever the version of its row. A tombstone stays.
WITH newer AS (
    SELECT t.id, s.zoho_id, m.source, m.shapes, m.differs, s.modified, parts_of(s.source, m.gone, m.source, 'line_items') AS lines
      FROM sent_records(CAST(:?records AS jsonb), 'bill_id') s
      LEFT JOIN bills t ON t.org_id = :?org AND t.zoho_bill_id = s.zoho_id
     CROSS JOIN LATERAL merged(t.source, t.shapes, s.source, :?shape) m
     WHERE t.id IS NULL OR version_wins(CAST(:?ignoreVersion AS boolean), s.modified, CAST(:?requestedAt AS timestamptz),
                                        t.zoho_modified_at, t.requested_at, t.deleted_at)
),
mapped AS (
    SELECT n.id, n.zoho_id, n.source, n.shapes, n.differs, n.modified, n.lines IS NOT NULL AS has_lines,
           NULLIF(r.bill_number, '')                 AS bill_number,
           NULLIF(r.vendor_id, '')                   AS zoho_contact_id,
           NULLIF(r.status, '')                      AS status,
           zoho_date('date', r.date)                 AS bill_date,
           zoho_date('due_date', r.due_date)         AS due_date,
           zoho_number('total', r.total)             AS total,
           zoho_number('balance', r.balance)         AS balance,
           NULLIF(r.currency_code, '')               AS currency,
           zoho_time('created_time', r.created_time) AS zoho_created_at,
           zoho_version(r.last_modified_time)        AS zoho_modified_at
      FROM newer n
     CROSS JOIN LATERAL jsonb_to_record(n.source) AS r(
           bill_number text, vendor_id text, status text, date text, due_date text, total text, balance text,
           currency_code text, created_time text, last_modified_time text)
),
listed AS (
    SELECT n.zoho_id, n.lines, ARRAY(SELECT l.line_id FROM sent_lines(n.lines, 'line_item_id') l) AS line_ids
      FROM newer n WHERE n.lines IS NOT NULL
),
lines_gone AS (
    DELETE FROM bill_lines o USING listed m
     WHERE o.org_id = :?org AND o.zoho_bill_id = m.zoho_id AND o.zoho_line_id <> ALL (m.line_ids)
),
lines AS (
    SELECT m.zoho_id, l.line_id, l.place, l.source,
           NULLIF(r.item_id, '')                                      AS zoho_item_id,
           NULLIF(r.name, '')                                         AS name,
           NULLIF(r.sku, '')                                          AS sku,
           NULLIF(r.description, '')                                  AS description,
           zoho_number('line_items.quantity', r.quantity)             AS quantity,
           zoho_number('line_items.rate', r.rate)                     AS rate,
           NULLIF(r.unit, '')                                         AS unit,
           zoho_number('line_items.item_total', r.item_total)         AS item_total,
           NULLIF(r.tax_id, '')                                       AS tax_id,
           NULLIF(r.tax_name, '')                                     AS tax_name,
           zoho_number('line_items.tax_percentage', r.tax_percentage) AS tax_percentage,
           NULLIF(r.account_id, '')                                   AS account_id,
           NULLIF(r.location_id, '')                                  AS location_id
      FROM listed m
     CROSS JOIN LATERAL sent_lines(m.lines, 'line_item_id') l
     CROSS JOIN LATERAL jsonb_to_record(l.source) AS r(
           item_id text, name text, sku text, description text, quantity text, rate text, unit text, item_total text,
           tax_id text, tax_name text, tax_percentage text, account_id text, location_id text)
),
lines_written AS (
    INSERT INTO bill_lines AS t (org_id, zoho_bill_id, zoho_line_id, position, zoho_item_id, name, sku, description,
                                 quantity, rate, unit, item_total, tax_id, tax_name, tax_percentage, account_id,
                                 location_id, source)
    SELECT :?org, l.zoho_id, l.line_id, l.place, l.zoho_item_id, l.name, l.sku, l.description, l.quantity, l.rate,
           l.unit, l.item_total, l.tax_id, l.tax_name, l.tax_percentage, l.account_id, l.location_id, l.source
      FROM lines l
      LEFT JOIN bill_lines o ON o.org_id = :?org AND o.zoho_bill_id = l.zoho_id AND o.zoho_line_id = l.line_id
     WHERE (o.position, o.zoho_item_id, o.name, o.sku, o.description, o.quantity, o.rate, o.unit, o.item_total,
            o.tax_id, o.tax_name, o.tax_percentage, o.account_id, o.location_id, o.source)
           IS DISTINCT FROM
           (l.place, l.zoho_item_id, l.name, l.sku, l.description, l.quantity, l.rate, l.unit, l.item_total, l.tax_id,
            l.tax_name, l.tax_percentage, l.account_id, l.location_id, l.source)
     ORDER BY l.zoho_id, l.place
        ON CONFLICT (org_id, zoho_bill_id, zoho_line_id) DO UPDATE
       SET position = EXCLUDED.position, zoho_item_id = EXCLUDED.zoho_item_id, name = EXCLUDED.name,
           sku = EXCLUDED.sku, description = EXCLUDED.description, quantity = EXCLUDED.quantity,
           rate = EXCLUDED.rate, unit = EXCLUDED.unit, item_total = EXCLUDED.item_total, tax_id = EXCLUDED.tax_id,
           tax_name = EXCLUDED.tax_name, tax_percentage = EXCLUDED.tax_percentage, account_id = EXCLUDED.account_id,
           location_id = EXCLUDED.location_id, source = EXCLUDED.source,
           updated_at = clock_timestamp()
)
INSERT INTO bills AS t (org_id, zoho_bill_id, bill_number, zoho_contact_id, status, bill_date, due_date, total,
                        balance, currency, zoho_created_at, zoho_modified_at, detailed, source, shapes,
                        requested_at, updated_at)
SELECT :?org, m.zoho_id, m.bill_number, m.zoho_contact_id, m.status, m.bill_date, m.due_date, m.total, m.balance, m.currency,
       m.zoho_created_at, m.zoho_modified_at, d.detailed,
       m.source, m.shapes, CAST(:?requestedAt AS timestamptz), CASE WHEN c.changed THEN clock_timestamp() ELSE p.updated_at END
  FROM mapped m
  LEFT JOIN bills p ON p.id = m.id
 CROSS JOIN LATERAL (
       SELECT (p.bill_number, p.zoho_contact_id, p.status, p.bill_date, p.due_date, p.total, p.balance, p.currency,
               p.zoho_created_at, p.zoho_modified_at)
              IS NOT DISTINCT FROM
              (m.bill_number, m.zoho_contact_id, m.status, m.bill_date, m.due_date, m.total, m.balance, m.currency,
               m.zoho_created_at, m.zoho_modified_at) AS columns) same
 CROSS JOIN LATERAL (
       SELECT still_detailed(CAST(:?ignoreVersion AS boolean), m.has_lines OR :?shape = 'record', m.modified, same.columns, p.detailed, p.zoho_modified_at)) AS d(detailed)
 CROSS JOIN LATERAL (
       SELECT p.id IS NULL OR p.deleted_at IS NOT NULL AND NOT CAST(:?ignoreVersion AS boolean) OR m.differs OR NOT same.columns
              OR p.detailed <> d.detailed) AS c(changed)
 WHERE c.changed OR p.shapes <> m.shapes
 ORDER BY m.zoho_id
    ON CONFLICT (org_id, zoho_bill_id) DO UPDATE
   SET bill_number = EXCLUDED.bill_number, zoho_contact_id = EXCLUDED.zoho_contact_id, status = EXCLUDED.status,
       bill_date = EXCLUDED.bill_date, due_date = EXCLUDED.due_date, total = EXCLUDED.total,
       balance = EXCLUDED.balance, currency = EXCLUDED.currency, zoho_created_at = EXCLUDED.zoho_created_at,
       zoho_modified_at = EXCLUDED.zoho_modified_at, detailed = EXCLUDED.detailed, source = EXCLUDED.source,
       shapes = EXCLUDED.shapes, requested_at = coalesce(EXCLUDED.requested_at, t.requested_at),
       deleted_at = CASE WHEN CAST(:?ignoreVersion AS boolean) THEN t.deleted_at END, updated_at = EXCLUDED.updated_at
RETURNING t.zoho_bill_id AS zoho_id, CASE WHEN t.updated_at >= statement_timestamp() THEN t.xmax = 0 END AS created
