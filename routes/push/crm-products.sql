-- What Zoho CRM holds of an own product. A key that is not named here is Zoho's, and is never sent.
SELECT p.record_key, p.sku AS external_key,
       jsonb_build_object('Product_Name', p.name, 'Product_Code', p.sku, 'Unit_Price', p.price,
                          'Product_Category', coalesce(p.category, ''), 'Description', coalesce(p.description, ''),
                          'Product_Active', p.is_active) AS body,
       p.price_may_be_zero AS zero, push_refused_amounts(p.org_id, p.currency, p.price) AS refused
  FROM push_products p
 WHERE p.org_id = :?org AND (CAST(:?keys AS text[]) IS NULL OR p.record_key = ANY (CAST(:?keys AS text[])))
