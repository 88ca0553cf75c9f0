-- Counts the gaps in the active products of an organisation; "complete" counts products without any gap. Repeated SKUs are found by a
-- look-up: a window function would sort all rows, and with the statistics of a first run PostgreSQL would join the rows one by one.
INSERT INTO data_quality (run_id, org_id, entity, measure, count, of)
SELECT CAST(:?runId AS bigint), :?org, :?entity, m.measure, m.count, c.products
  FROM (SELECT count(*)                                                                             AS products,
               count(*) FILTER (WHERE p.price IS NULL)                                              AS without_price,
               count(*) FILTER (WHERE p.price = 0)                                                  AS price_zero,
               count(*) FILTER (WHERE NOT p.pictured)                                               AS without_picture,
               count(*) FILTER (WHERE p.sku IS NULL)                                                AS without_sku,
               count(*) FILTER (WHERE p.sku_repeated)                                               AS repeated_sku,
               count(*) FILTER (WHERE p.stock_quantity < 0)                                         AS negative_stock,
               count(*) FILTER (WHERE p.price > 0 AND p.pictured AND p.sku IS NOT NULL AND NOT p.sku_repeated
                                  AND coalesce(p.stock_quantity >= 0, true))                        AS complete
          FROM (SELECT price, sku, stock_quantity,
                       coalesce(sku IN (SELECT sku FROM products
                                         WHERE org_id = :?org AND is_active AND deleted_at IS NULL AND sku IS NOT NULL
                                         GROUP BY sku HAVING count(*) > 1), false)                  AS sku_repeated,
                       coalesce(image_name, NULLIF(source ->> 'image_document_id', '')) IS NOT NULL AS pictured
                  FROM products WHERE org_id = :?org AND is_active AND deleted_at IS NULL) p) c
 CROSS JOIN LATERAL (VALUES ('without_price', c.without_price), ('price_zero', c.price_zero),
                            ('without_picture', c.without_picture), ('without_sku', c.without_sku),
                            ('repeated_sku', c.repeated_sku), ('negative_stock', c.negative_stock),
                            ('complete', c.complete)) AS m(measure, count)
