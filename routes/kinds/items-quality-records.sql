-- Lists the records of which a measure of items-quality.sql is true, by id. They are those of now, the measure those of the last run. A product that was made here
-- has no id of Zoho until it is pushed, and is not listed.
SELECT p.zoho_item_id AS zoho_id, p.name AS label
  FROM (SELECT zoho_item_id, name, price, sku, stock_quantity,
               coalesce(sku IN (SELECT sku FROM products
                                 WHERE org_id = :?org AND is_active AND deleted_at IS NULL AND sku IS NOT NULL
                                 GROUP BY sku HAVING count(*) > 1), false)                  AS sku_repeated,
               coalesce(image_name, NULLIF(source ->> 'image_document_id', '')) IS NOT NULL AS pictured
          FROM products WHERE org_id = :?org AND is_active AND deleted_at IS NULL AND zoho_item_id > :?after) p
 WHERE CASE CAST(:?measure AS text)
            WHEN 'without_price' THEN p.price IS NULL
            WHEN 'price_zero' THEN p.price = 0
            WHEN 'without_picture' THEN NOT p.pictured
            WHEN 'without_sku' THEN p.sku IS NULL
            WHEN 'repeated_sku' THEN p.sku_repeated
            WHEN 'negative_stock' THEN p.stock_quantity < 0
            WHEN 'complete' THEN p.price > 0 AND p.pictured AND p.sku IS NOT NULL AND NOT p.sku_repeated AND coalesce(p.stock_quantity >= 0, true) END
 ORDER BY p.zoho_item_id LIMIT :?limit
