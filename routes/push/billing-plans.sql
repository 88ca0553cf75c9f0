-- The body of a plan for Zoho Billing: an own product that is sold by the month or the year. A plan contains the id of its product, so the plan waits for the
-- product. A key whose value is null (not known) is left out. billing_cycles -1 stands for a plan without end.
SELECT p.record_key, p.sku AS external_key,
       jsonb_build_object('plan_code', p.sku, 'name', p.name, 'recurring_price', p.recurring_price, 'interval', 1, 'interval_unit', p.recurring_unit,
                          'billing_cycles', coalesce(p.cycles, -1))
       || jsonb_strip_nulls(jsonb_build_object('product_id', f.zoho_id, 'setup_fee', p.setup_fee, 'description', p.description, 'tax_id', p.tax_id)) AS body,
       p.price_may_be_zero AS zero, p.is_active AS active,
       NULLIF(concat_ws('; ', CASE WHEN coalesce(p.product_family, '') = '' THEN 'product_family missing, and a plan belongs to a product' END,
                        push_refused_currency(p.org_id, p.currency), push_refused_amounts(p.org_id, p.currency, p.recurring_price, p.setup_fee)), '') AS refused,
       CASE WHEN f.zoho_id IS NULL THEN format('the product %s of Zoho Billing', p.product_family) END AS needs
  FROM push_products p
  LEFT JOIN push_state f ON f.org_id = p.org_id AND f.target = 'billing-products' AND f.record_key = p.product_family
 WHERE p.org_id = :?org AND (p.recurring_price IS NOT NULL OR p.product_family IS NOT NULL)
   AND (CAST(:?keys AS text[]) IS NULL OR p.record_key = ANY (CAST(:?keys AS text[])))
