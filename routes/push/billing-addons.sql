-- The body of an own add-on for Zoho Billing. An add-on waits for its plans. All its plans belong to one product, which is also the product of the add-on.
-- Columns that the view may lack are read from own. The price is inside a list, so a missing price and a price of 0 are refused here.
SELECT a.code AS record_key, a.code AS external_key,
       jsonb_build_object('addon_code', a.code, 'name', a.name, 'unit_name', coalesce(own ->> 'unit_name', 'unit'), 'pricing_scheme', 'unit',
                          'price_brackets', jsonb_build_array(jsonb_build_object('price', a.price)), 'type', coalesce(own ->> 'type', 'recurring'),
                          'applicable_to_all_plans', false, 'plans', (SELECT jsonb_agg(jsonb_build_object('plan_code', c) ORDER BY c) FROM unnest(a.plan_codes) c))
       || CASE WHEN coalesce(own ->> 'type', 'recurring') = 'recurring'
               THEN jsonb_build_object('interval_unit', coalesce(own ->> 'interval_unit', CASE plans.unit WHEN 'years' THEN 'yearly' ELSE 'monthly' END)) ELSE '{}' END
       || jsonb_strip_nulls(jsonb_build_object('product_id', plans.product_id, 'description', own -> 'description', 'tax_id', own -> 'tax_id')) AS body,
       CAST(own ->> 'is_active' AS boolean) AS active,
       NULLIF(concat_ws('; ', CASE WHEN a.price IS NULL THEN 'price missing'
                                   WHEN a.price = 0 AND NOT coalesce(CAST(own ->> 'price_may_be_zero' AS boolean), false)
                                   THEN 'price is 0, and the row does not say that 0 is meant' END,
                        CASE WHEN plans.products > 1 THEN 'its plans belong to several products, and an add-on to one' END,
                        push_refused_currency(a.org_id, own ->> 'currency'), push_refused_amounts(a.org_id, own ->> 'currency', a.price)), '') AS refused,
       CASE WHEN cardinality(plans.missing) > 0 THEN format('the plans %s of Zoho Billing', array_to_string(plans.missing, ', ')) END AS needs
  FROM push_addons a
 CROSS JOIN LATERAL to_jsonb(a) own
 CROSS JOIN LATERAL (
       SELECT min(p.sent ->> 'product_id') AS product_id, count(DISTINCT p.sent ->> 'product_id') AS products, min(p.sent ->> 'interval_unit') AS unit,
              coalesce(array_agg(c ORDER BY c) FILTER (WHERE p.sent IS NULL), '{}') AS missing
         FROM unnest(a.plan_codes) c
         LEFT JOIN LATERAL (SELECT s.sent FROM push_state s
                             WHERE s.org_id = a.org_id AND s.target = 'billing-plans' AND s.external_key = c AND s.sent IS NOT NULL
                             ORDER BY s.sent_at DESC LIMIT 1) p ON true) plans
 WHERE a.org_id = :?org AND (CAST(:?keys AS text[]) IS NULL OR a.code = ANY (CAST(:?keys AS text[])))
