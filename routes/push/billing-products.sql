-- A family of own products is one product of Zoho Billing. The own products are the plans of that product.
SELECT p.product_family AS record_key, p.product_family AS external_key, jsonb_build_object('name', p.product_family) AS body
  FROM push_products p
 WHERE p.org_id = :?org AND p.product_family <> '' AND (CAST(:?keys AS text[]) IS NULL OR p.product_family = ANY (CAST(:?keys AS text[])))
 GROUP BY p.product_family
