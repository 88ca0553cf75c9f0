-- Items as Zoho sent them (:?records, a JSON array of one request) into products: their mapping and their upsert.
-- Returns what was created and updated; a record that changes nothing is neither written nor locked.
-- :?again takes each record whatever the version of its row, which keeps its own moment of the request and its tombstone.
WITH sent AS (
    -- one version per item, the newest; in one page the later of two equals
    SELECT DISTINCT ON (r.source ->> 'item_id') r.source ->> 'item_id' AS zoho_item_id, r.source,
           CAST(NULLIF(r.source ->> 'last_modified_time', '') AS timestamptz) AS modified
      FROM jsonb_array_elements(CAST(:?records AS jsonb)) WITH ORDINALITY AS r(source, place)
     ORDER BY r.source ->> 'item_id', modified DESC NULLS LAST, r.place DESC
),
newer AS (
    -- the version that wins: higher (last_modified_time, moment of the request); a tombstone yields only to a later request
    -- keys that this answer lacks are kept from the answers before it; to merge equals costs a third of a quiet page
    SELECT p.id, s.zoho_item_id,
           CASE WHEN p.source = s.source THEN s.source ELSE coalesce(p.source, '{}') || s.source END AS source,
           CASE WHEN CAST(:?again AS boolean) THEN p.requested_at ELSE CAST(:?requestedAt AS timestamptz) END AS requested_at,
           CASE WHEN CAST(:?again AS boolean) THEN p.deleted_at END AS deleted_at
      FROM sent s
      LEFT JOIN products p ON p.org_id = :?org AND p.zoho_item_id = s.zoho_item_id
     WHERE p.id IS NULL OR CAST(:?again AS boolean)
        OR CASE WHEN p.deleted_at IS NULL
                THEN (coalesce(s.modified, p.zoho_modified_at, '-infinity'), coalesce(CAST(:?requestedAt AS timestamptz), '-infinity'))
                   > (coalesce(p.zoho_modified_at, '-infinity'), coalesce(p.requested_at, '-infinity'))
                ELSE CAST(:?requestedAt AS timestamptz) > p.requested_at END
),
mapped AS (
    SELECT n.id, n.zoho_item_id, n.source, n.requested_at, n.deleted_at,
           NULLIF(r.name, '')                               AS name,
           NULLIF(r.sku, '')                                AS sku,
           NULLIF(r.description, '')                        AS description,
           CAST(NULLIF(r.rate, '') AS numeric)              AS price,
           CAST(NULLIF(r.purchase_rate, '') AS numeric)     AS purchase_price,
           CASE WHEN r.product_type = 'service' THEN NULL
                ELSE CAST(NULLIF(r.stock_on_hand, '') AS numeric) END AS stock_quantity,
           r.status = 'active'                              AS is_active,
           NULLIF(r.unit, '')                               AS unit,
           NULLIF(r.brand, '')                              AS brand,
           NULLIF(r.category_name, '')                      AS category,
           NULLIF(r.item_type, '')                          AS item_type,
           NULLIF(r.image_name, '')                         AS image_name,
           CAST(NULLIF(r.created_time, '') AS timestamptz)  AS zoho_created_at,
           CAST(NULLIF(r.last_modified_time, '') AS timestamptz) AS zoho_modified_at
      FROM newer n
     CROSS JOIN LATERAL jsonb_to_record(n.source) AS r(
           name text, sku text, description text, rate text, purchase_rate text, stock_on_hand text, status text,
           unit text, brand text, category_name text, item_type text, product_type text, image_name text,
           created_time text, last_modified_time text)
)
INSERT INTO products AS t (org_id, zoho_item_id, name, sku, description, price, purchase_price, stock_quantity, is_active,
                           unit, brand, category, item_type, image_name, source, zoho_created_at, zoho_modified_at, requested_at,
                           deleted_at)
SELECT :?org, m.zoho_item_id, m.name, m.sku, m.description, m.price, m.purchase_price, m.stock_quantity, m.is_active,
       m.unit, m.brand, m.category, m.item_type, m.image_name, m.source, m.zoho_created_at, m.zoho_modified_at,
       m.requested_at, m.deleted_at
  FROM mapped m
  LEFT JOIN products p ON p.id = m.id
 WHERE p.id IS NULL OR p.deleted_at IS DISTINCT FROM m.deleted_at
    OR (p.name, p.sku, p.description, p.price, p.purchase_price, p.stock_quantity, p.is_active,
        p.unit, p.brand, p.category, p.item_type, p.image_name, p.zoho_created_at, p.zoho_modified_at, p.source)
       IS DISTINCT FROM
       (m.name, m.sku, m.description, m.price, m.purchase_price, m.stock_quantity, m.is_active,
        m.unit, m.brand, m.category, m.item_type, m.image_name, m.zoho_created_at, m.zoho_modified_at, m.source)
 ORDER BY m.zoho_item_id
    ON CONFLICT (org_id, zoho_item_id) DO UPDATE
   SET name = EXCLUDED.name, sku = EXCLUDED.sku, description = EXCLUDED.description, price = EXCLUDED.price,
       purchase_price = EXCLUDED.purchase_price, stock_quantity = EXCLUDED.stock_quantity, is_active = EXCLUDED.is_active,
       unit = EXCLUDED.unit, brand = EXCLUDED.brand, category = EXCLUDED.category, item_type = EXCLUDED.item_type,
       image_name = EXCLUDED.image_name, source = EXCLUDED.source, zoho_created_at = EXCLUDED.zoho_created_at,
       zoho_modified_at = EXCLUDED.zoho_modified_at, requested_at = EXCLUDED.requested_at,
       deleted_at = EXCLUDED.deleted_at, updated_at = clock_timestamp()
RETURNING t.zoho_item_id AS zoho_id, (t.xmax = 0) AS created
