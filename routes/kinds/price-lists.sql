-- Maps price lists to rows of price_lists. Inserts new rows and updates changed ones.
-- In: :?records, a JSON array of the records of one answer of Zoho, of a webhook, or of stored rows whose mapping is applied again.
-- Returns a row for each record that it wrote. created: true = inserted, false = changed, null = only the column shapes changed. A record that changes nothing
-- is neither written nor locked.
-- With :?ignoreVersion each record is taken, whatever the version of its row, and its items' prices are compared too. A tombstone stays.
WITH newer AS (
    SELECT t.id, s.zoho_id, m.source, m.shapes, m.differs
      FROM sent_records(CAST(:?records AS jsonb), 'pricebook_id') s
      LEFT JOIN price_lists t ON t.org_id = :?org AND t.zoho_pricebook_id = s.zoho_id
     CROSS JOIN LATERAL merged(t.source, t.shapes, s.source, :?shape) m
     WHERE t.id IS NULL OR version_wins(CAST(:?ignoreVersion AS boolean), s.modified, CAST(:?requestedAt AS timestamptz),
                                        t.zoho_modified_at, t.requested_at, t.deleted_at)
),
mapped AS (
    SELECT n.id, n.zoho_id, n.source, n.shapes, n.differs,
           NULLIF(r.name, '')                         AS name,
           NULLIF(r.currency_code, '')                AS currency,
           NULLIF(r.pricebook_type, '')               AS pricebook_type,
           zoho_number('percentage', r.percentage)    AS percentage,
           zoho_boolean('is_increase', r.is_increase) AS is_increase,
           NULLIF(r.sales_or_purchase_type, '')       AS sales_or_purchase,
           lower(r.status) = 'active'                 AS is_active,
           zoho_integer('decimal_place', regexp_replace(r.decimal_place, '[.]0+$', '')) AS decimals,
           zoho_time('created_time', r.created_time)  AS zoho_created_at,
           zoho_version(r.last_modified_time)         AS zoho_modified_at
      FROM newer n
     CROSS JOIN LATERAL jsonb_to_record(n.source) AS r(
           name text, currency_code text, pricebook_type text, percentage text, is_increase text,
           sales_or_purchase_type text, status text, created_time text, last_modified_time text, decimal_place text)
)
INSERT INTO price_lists AS t (org_id, zoho_pricebook_id, name, currency, pricebook_type, percentage, is_increase,
                              sales_or_purchase, is_active, zoho_created_at, zoho_modified_at, source, shapes,
                              requested_at, updated_at)
SELECT :?org, m.zoho_id, m.name, m.currency, m.pricebook_type, m.percentage, m.is_increase, m.sales_or_purchase, m.is_active,
       m.zoho_created_at, m.zoho_modified_at,
       m.source, m.shapes, CAST(:?requestedAt AS timestamptz), CASE WHEN c.changed THEN clock_timestamp() ELSE p.updated_at END
  FROM mapped m
  LEFT JOIN price_lists p ON p.id = m.id
 CROSS JOIN LATERAL (
       SELECT p.id IS NULL OR p.deleted_at IS NOT NULL AND NOT CAST(:?ignoreVersion AS boolean) OR m.differs
              OR (p.name, p.currency, p.pricebook_type, p.percentage, p.is_increase, p.sales_or_purchase, p.is_active,
                  p.zoho_created_at, p.zoho_modified_at)
                 IS DISTINCT FROM
                 (m.name, m.currency, m.pricebook_type, m.percentage, m.is_increase, m.sales_or_purchase, m.is_active,
                  m.zoho_created_at, m.zoho_modified_at)
              OR CAST(:?ignoreVersion AS boolean) AND list_prices_differ(p.id, m.pricebook_type, m.source)) AS c(changed)
 WHERE (c.changed OR p.shapes <> m.shapes) AND coalesce(m.decimals, 0) IS NOT NULL -- reads it, so that this list is refused, and not the products
 ORDER BY m.zoho_id
    ON CONFLICT (org_id, zoho_pricebook_id) DO UPDATE
   SET name = EXCLUDED.name, currency = EXCLUDED.currency, pricebook_type = EXCLUDED.pricebook_type,
       percentage = EXCLUDED.percentage, is_increase = EXCLUDED.is_increase,
       sales_or_purchase = EXCLUDED.sales_or_purchase, is_active = EXCLUDED.is_active,
       zoho_created_at = EXCLUDED.zoho_created_at, zoho_modified_at = EXCLUDED.zoho_modified_at,
       source = EXCLUDED.source,
       shapes = EXCLUDED.shapes, requested_at = coalesce(EXCLUDED.requested_at, t.requested_at),
       deleted_at = CASE WHEN CAST(:?ignoreVersion AS boolean) THEN t.deleted_at END, updated_at = EXCLUDED.updated_at
RETURNING t.zoho_pricebook_id AS zoho_id, CASE WHEN t.updated_at >= statement_timestamp() THEN t.xmax = 0 END AS created
