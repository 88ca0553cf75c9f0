-- The body of an own product for Zoho Inventory. An item with stock is created as goods, an item without stock as a service; this does not change later.
-- Accounts, tax and location of a row have priority over those of organisations.push. Columns that the view may lack are read from own. A key whose value is null
-- is left out.
SELECT p.record_key, p.sku AS external_key,
       jsonb_build_object('name', p.name, 'sku', p.sku, 'rate', p.price, 'product_type', coalesce(s.sent ->> 'product_type', CASE WHEN goods THEN 'goods' ELSE 'service' END))
       || jsonb_strip_nulls(jsonb_build_object(
              'unit', p.unit, 'description', p.description, 'tax_id', coalesce(p.tax_id, o.push ->> 'taxId'), 'purchase_rate', own -> 'purchase_price',
              'account_id', coalesce(own ->> 'account_id', o.push ->> 'accountId'), 'custom_fields', own -> 'custom_fields'))
       || CASE WHEN goods THEN jsonb_strip_nulls(jsonb_build_object(
              'item_type', 'inventory', 'purchase_account_id', coalesce(own ->> 'purchase_account_id', o.push ->> 'purchaseAccountId'),
              'inventory_account_id', coalesce(own ->> 'inventory_account_id', o.push ->> 'inventoryAccountId'))) ELSE '{}' END
       || CASE WHEN p.stock IS NOT NULL THEN jsonb_build_object('locations', jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
              'location_id', coalesce(own ->> 'location_id', o.push ->> 'locationId'), 'initial_stock', p.stock, 'initial_stock_rate', own -> 'purchase_price')))) ELSE '{}' END AS body,
       p.price_may_be_zero AS zero, p.is_active AS active,
       NULLIF(concat_ws('; ', push_refused_currency(p.org_id, p.currency),
                        push_refused_amounts(p.org_id, p.currency, p.price, CAST(own ->> 'purchase_price' AS numeric))), '') AS refused
  FROM push_products p
 CROSS JOIN LATERAL to_jsonb(p) own
  JOIN organisations o ON o.org_id = p.org_id
  LEFT JOIN push_state s ON s.org_id = p.org_id AND s.target = 'inventory-items' AND s.record_key = p.record_key
 CROSS JOIN LATERAL (SELECT coalesce(jsonb_exists(s.sent, 'item_type'), p.stock IS NOT NULL)) g(goods)
 WHERE p.org_id = :?org AND (CAST(:?keys AS text[]) IS NULL OR p.record_key = ANY (CAST(:?keys AS text[])))
