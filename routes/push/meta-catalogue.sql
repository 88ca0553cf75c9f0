-- What Meta's catalogue shows: own products, and items of the copy that are active, have a price and a picture that everyone may see. An own product
-- goes before an item of its SKU. What Meta would refuse later is refused here, with the reason. :?images is the public address of pictures; null: none is public.
WITH offered AS (
    SELECT p.record_key, p.sku AS id, p.name, p.description, p.price, upper(p.currency) AS currency, p.link_url AS link, p.image_url AS picture, p.brand,
           p.is_active, p.stock, false AS goods
      FROM push_products p
     WHERE p.org_id = :?org
    UNION ALL
    SELECT i.zoho_item_id, coalesce(i.sku, i.zoho_item_id), i.name, i.description, i.price, upper(coalesce(l.currency, s.default_currency, o.currency)),
           replace(replace(o.meta_link, '{sku}', coalesce(i.sku, i.zoho_item_id)), '{id}', i.zoho_item_id),
           :?images || '/images/items/' || i.zoho_item_id || CASE WHEN o.is_default THEN '' ELSE '?org=' || i.org_id END, i.brand,
           true, i.stock_quantity, i.item_type IN ('inventory', 'sales_and_purchases') AND coalesce(i.source ->> 'product_type', 'goods') = 'goods'
      FROM products i
      JOIN organisations o ON o.org_id = i.org_id
      JOIN item_images m ON m.org_id = i.org_id AND m.zoho_item_id = i.zoho_item_id AND m.digest IS NOT NULL
     CROSS JOIN price_settings s
      LEFT JOIN price_lists l ON l.org_id = i.org_id AND l.is_default AND l.deleted_at IS NULL
     WHERE i.org_id = :?org AND i.is_active AND i.deleted_at IS NULL AND NOT i.made_here AND i.price > 0 AND CAST(:?images AS text) IS NOT NULL
       AND NOT EXISTS (SELECT FROM push_products p WHERE p.org_id = :?org AND (p.sku = i.sku OR p.record_key = i.zoho_item_id))
),
priced AS (
    SELECT f.*, push_decimals(NULL, f.currency) AS decimals -- as Meta counts them, whatever the organisation in Zoho says
      FROM offered f
     WHERE CAST(:?keys AS text[]) IS NULL OR f.record_key = ANY (CAST(:?keys AS text[]))
)
SELECT p.record_key, p.id AS external_key, NOT coalesce(p.is_active, true) AS gone,
       jsonb_build_object('id', p.id, 'title', p.name, 'description', p.description, 'condition', 'new', 'link', p.link,
                          'availability', CASE WHEN p.stock > 0 OR p.stock IS NULL AND NOT p.goods THEN 'in stock' WHEN p.stock <= 0 THEN 'out of stock' END,
                          'price', round(p.price, p.decimals) || ' ' || NULLIF(p.currency, ''),
                          'image', CASE WHEN btrim(p.picture) <> '' THEN jsonb_build_array(jsonb_build_object('url', p.picture)) END)
       || CASE WHEN btrim(p.brand) <> '' THEN jsonb_build_object('brand', p.brand) ELSE '{}' END AS body,
       NULLIF(concat_ws('; ',
           CASE WHEN p.price <= 0 THEN 'price is ' || trim_scale(p.price) || ', and Meta takes none but more than 0' END,
           CASE WHEN p.price IN ('NaN', 'Infinity') THEN 'price is no amount' WHEN p.price <> round(p.price, p.decimals) THEN format('price %s has more decimals than %s has', trim_scale(p.price), p.currency) END,
           CASE WHEN coalesce(p.currency, '') !~ '^[A-Z]{3}$' THEN 'currency missing: price needs three letters such as ZAR' END,
           CASE WHEN length(p.name) > 100 THEN format('title has %s letters, Meta takes 100', length(p.name)) END,
           CASE WHEN length(p.description) > 5000 THEN format('description has %s letters, Meta takes 5,000', length(p.description)) END,
           CASE WHEN p.description = upper(p.description) AND p.description <> lower(p.description) THEN 'description is in capitals only, which Meta refuses' END,
           CASE WHEN p.goods AND p.stock IS NULL THEN 'stock is not known, so neither is availability' END,
           CASE WHEN p.picture !~* '^https?://' THEN 'the picture has no public address' END), '') AS refused
  FROM priced p
