-- The body of an own service for Zoho Billing. Columns that the view may lack are read from own.
SELECT s.sku AS record_key, s.sku AS external_key,
       jsonb_build_object('name', s.name, 'rate', s.price, 'sku', s.sku, 'product_type', 'service')
       || jsonb_strip_nulls(jsonb_build_object('description', own -> 'description', 'tax_id', own -> 'tax_id')) AS body,
       CAST(own ->> 'price_may_be_zero' AS boolean) AS zero, CAST(own ->> 'is_active' AS boolean) AS active,
       NULLIF(concat_ws('; ', push_refused_currency(s.org_id, own ->> 'currency'), push_refused_amounts(s.org_id, own ->> 'currency', s.price)), '') AS refused
  FROM push_service_items s
 CROSS JOIN LATERAL to_jsonb(s) own
 WHERE s.org_id = :?org AND (CAST(:?keys AS text[]) IS NULL OR s.sku = ANY (CAST(:?keys AS text[])))
