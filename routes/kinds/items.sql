-- Maps items to rows of products and, where the answer has their stock per location, to rows of product_stock. Inserts new rows and updates changed
-- ones.
-- In: :?records, a JSON array of the records of one answer of Zoho, of a webhook, or of stored rows whose mapping is applied again.
-- Returns a row for each record that it wrote. created: true = inserted, false = changed, null = only the column shapes changed. A record that changes nothing
-- is neither written nor locked.
-- With :?ignoreVersion each record is taken, whatever the version of its row. A tombstone stays.
WITH newer AS (
    SELECT t.id, s.zoho_id, m.source, m.shapes, m.differs,
           parts_of(s.source, m.gone, m.source, 'locations', 'warehouses') AS places
      FROM sent_records(CAST(:?records AS jsonb), 'item_id') s
      LEFT JOIN products t ON t.org_id = :?org AND t.zoho_item_id = s.zoho_id
     CROSS JOIN LATERAL merged(t.source, t.shapes, s.source, :?shape) m
     WHERE t.id IS NULL OR version_wins(CAST(:?ignoreVersion AS boolean), s.modified, CAST(:?requestedAt AS timestamptz),
                                        t.zoho_modified_at, t.requested_at, t.deleted_at)
),
mapped AS (
    SELECT n.id, n.zoho_id, n.source, n.shapes, n.differs,
           NULLIF(r.name, '')                                          AS name,
           NULLIF(r.sku, '')                                           AS sku,
           NULLIF(r.description, '')                                   AS description,
           zoho_number('rate', r.rate)                                 AS price,
           zoho_number('purchase_rate', r.purchase_rate)               AS purchase_price,
           CASE WHEN lower(r.product_type) = 'service' THEN NULL
                ELSE zoho_number('stock_on_hand', r.stock_on_hand) END AS stock_quantity,
           lower(r.status) = 'active'                                  AS is_active,
           NULLIF(r.unit, '')                                          AS unit,
           NULLIF(r.brand, '')                                         AS brand,
           NULLIF(r.category_name, '')                                 AS category,
           NULLIF(r.item_type, '')                                     AS item_type,
           NULLIF(r.image_name, '')                                    AS image_name,
           zoho_time('created_time', r.created_time)                   AS zoho_created_at,
           zoho_version(r.last_modified_time)                          AS zoho_modified_at
      FROM newer n
     CROSS JOIN LATERAL jsonb_to_record(n.source) AS r(
           name text, sku text, description text, rate text, purchase_rate text, product_type text,
           stock_on_hand text, status text, unit text, brand text, category_name text, item_type text,
           image_name text, created_time text, last_modified_time text)
),
listed AS (
    SELECT n.zoho_id, n.places, ARRAY(SELECT l.line_id FROM sent_lines(n.places, 'location_id', 'warehouse_id') l) AS line_ids
      FROM newer n WHERE n.places IS NOT NULL
),
places_gone AS (
    DELETE FROM product_stock o USING listed m
     WHERE o.org_id = :?org AND o.zoho_item_id = m.zoho_id AND o.location_id <> ALL (m.line_ids)
),
places AS (
    SELECT m.zoho_id, l.line_id, l.place,
           coalesce(NULLIF(r.location_name, ''), NULLIF(r.warehouse_name, '')) AS location_name,
           coalesce(zoho_number('locations.location_stock_on_hand', r.location_stock_on_hand),
                    zoho_number('warehouses.warehouse_stock_on_hand', r.warehouse_stock_on_hand)) AS stock_on_hand,
           coalesce(zoho_number('locations.location_available_stock', r.location_available_stock),
                    zoho_number('warehouses.warehouse_available_stock', r.warehouse_available_stock)) AS available_stock,
           coalesce(zoho_number('locations.location_actual_available_stock', r.location_actual_available_stock),
                    zoho_number('warehouses.warehouse_actual_available_stock', r.warehouse_actual_available_stock)) AS actual_available_stock
      FROM listed m
     CROSS JOIN LATERAL sent_lines(m.places, 'location_id', 'warehouse_id') l
     CROSS JOIN LATERAL jsonb_to_record(l.source) AS r(
           location_name text, location_stock_on_hand text, location_available_stock text,
           location_actual_available_stock text, warehouse_name text, warehouse_stock_on_hand text,
           warehouse_available_stock text, warehouse_actual_available_stock text)
),
places_written AS (
    INSERT INTO product_stock AS t (org_id, zoho_item_id, location_id, location_name, stock_on_hand, available_stock,
                                    actual_available_stock)
    SELECT :?org, l.zoho_id, l.line_id, l.location_name, l.stock_on_hand, l.available_stock, l.actual_available_stock
      FROM places l
      LEFT JOIN product_stock o ON o.org_id = :?org AND o.zoho_item_id = l.zoho_id AND o.location_id = l.line_id
     WHERE o.location_id IS NULL
        OR (o.location_name, o.stock_on_hand, o.available_stock, o.actual_available_stock)
           IS DISTINCT FROM
           (l.location_name, l.stock_on_hand, l.available_stock, l.actual_available_stock)
     ORDER BY l.zoho_id, l.place
        ON CONFLICT (org_id, zoho_item_id, location_id) DO UPDATE
       SET location_name = EXCLUDED.location_name, stock_on_hand = EXCLUDED.stock_on_hand,
           available_stock = EXCLUDED.available_stock, actual_available_stock = EXCLUDED.actual_available_stock,
           updated_at = clock_timestamp()
)
INSERT INTO products AS t (org_id, zoho_item_id, name, sku, description, price, purchase_price, stock_quantity,
                           is_active, unit, brand, category, item_type, image_name, zoho_created_at, zoho_modified_at,
                           source, shapes, requested_at, updated_at)
SELECT :?org, m.zoho_id, m.name, m.sku, m.description, m.price, m.purchase_price, m.stock_quantity, m.is_active, m.unit, m.brand,
       m.category, m.item_type, m.image_name, m.zoho_created_at, m.zoho_modified_at,
       m.source, m.shapes, CAST(:?requestedAt AS timestamptz), CASE WHEN c.changed THEN clock_timestamp() ELSE p.updated_at END
  FROM mapped m
  LEFT JOIN products p ON p.id = m.id
 CROSS JOIN LATERAL (
       SELECT p.id IS NULL OR p.deleted_at IS NOT NULL AND NOT CAST(:?ignoreVersion AS boolean) OR m.differs
              OR (p.name, p.sku, p.description, p.price, p.purchase_price, p.stock_quantity, p.is_active, p.unit, p.brand,
                  p.category, p.item_type, p.image_name, p.zoho_created_at, p.zoho_modified_at)
                 IS DISTINCT FROM
                 (m.name, m.sku, m.description, m.price, m.purchase_price, m.stock_quantity, m.is_active, m.unit, m.brand,
                  m.category, m.item_type, m.image_name, m.zoho_created_at, m.zoho_modified_at)) AS c(changed)
 WHERE c.changed OR p.shapes <> m.shapes
 ORDER BY m.zoho_id
    ON CONFLICT (org_id, zoho_item_id) DO UPDATE
   SET name = EXCLUDED.name, sku = EXCLUDED.sku, description = EXCLUDED.description, price = EXCLUDED.price,
       purchase_price = EXCLUDED.purchase_price, stock_quantity = EXCLUDED.stock_quantity,
       is_active = EXCLUDED.is_active, unit = EXCLUDED.unit, brand = EXCLUDED.brand, category = EXCLUDED.category,
       item_type = EXCLUDED.item_type, image_name = EXCLUDED.image_name, zoho_created_at = EXCLUDED.zoho_created_at,
       zoho_modified_at = EXCLUDED.zoho_modified_at, source = EXCLUDED.source,
       shapes = EXCLUDED.shapes, requested_at = coalesce(EXCLUDED.requested_at, t.requested_at),
       deleted_at = CASE WHEN CAST(:?ignoreVersion AS boolean) THEN t.deleted_at END, updated_at = EXCLUDED.updated_at
RETURNING t.zoho_item_id AS zoho_id, CASE WHEN t.updated_at >= statement_timestamp() THEN t.xmax = 0 END AS created
