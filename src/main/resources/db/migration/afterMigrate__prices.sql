-- The settings of the default price list, at each start.
INSERT INTO price_settings (default_list, default_currency)
VALUES (btrim($setting$ ${defaultPriceList} $setting$), NULLIF(btrim($setting$ ${defaultPriceCurrency} $setting$), ''))
    ON CONFLICT (only_row) DO UPDATE SET default_list = EXCLUDED.default_list, default_currency = EXCLUDED.default_currency;
UPDATE price_lists l SET name = s.default_list, currency = coalesce(s.default_currency, l.currency), updated_at = clock_timestamp()
  FROM price_settings s
 WHERE l.is_default AND l.zoho_pricebook_id IS NULL
   AND (l.name, l.currency) IS DISTINCT FROM (s.default_list, coalesce(s.default_currency, l.currency));
-- a list of Zoho that has the name by now
SELECT take_default_list(l) FROM price_lists l JOIN price_settings s ON s.default_list = l.name
 WHERE l.zoho_pricebook_id IS NOT NULL AND NOT l.is_default AND l.deleted_at IS NULL;
-- products that were here before their prices, and prices in another currency than their list
SELECT give_default_prices((SELECT coalesce(array_agg(p.id), '{}') FROM products p
                             WHERE p.is_active AND p.price > 0 AND p.deleted_at IS NULL
                               AND NOT EXISTS (SELECT 1 FROM product_prices t JOIN price_lists l ON l.id = t.list_id AND l.is_default
                                                WHERE t.product_id = p.id AND t.deleted_at IS NULL
                                                  AND (t.origin = 'zoho' OR t.currency IS NOT DISTINCT FROM l.currency))));
