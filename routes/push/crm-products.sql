-- The body of an own product for Zoho CRM. A key that is not named here belongs to Zoho, and is never sent.
-- CRM takes a price without Currency for one in the organisation's own currency, and has no field Currency where several currencies are off: a plan asks for that.
SELECT p.record_key, p.sku AS external_key,
       jsonb_build_object('Product_Name', p.name, 'Product_Code', p.sku, 'Unit_Price', p.price,
                          'Product_Category', coalesce(p.category, ''), 'Description', coalesce(p.description, ''),
                          'Product_Active', p.is_active)
       || CASE WHEN upper(p.currency) <> o.currency THEN jsonb_build_object('Currency', upper(p.currency)) ELSE '{}' END AS body,
       p.price_may_be_zero AS zero,
       NULLIF(concat_ws('; ', CASE WHEN upper(p.currency) <> o.currency AND o.push -> 'crmCurrencies' = 'false'
                                   THEN format('the price is in %s, and Zoho CRM, where several currencies are off, would take it for %s', upper(p.currency), o.currency) END,
                        push_refused_amounts(p.org_id, p.currency, p.price)), '') AS refused
  FROM push_products p JOIN organisations o ON o.org_id = p.org_id
 WHERE p.org_id = :?org AND (CAST(:?keys AS text[]) IS NULL OR p.record_key = ANY (CAST(:?keys AS text[])))
