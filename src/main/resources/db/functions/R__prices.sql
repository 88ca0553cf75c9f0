-- Prices in price lists. Every active product with a price above 0 has one in the default list of its organisation.

-- The functions with the owner's rights in this file find tables in this schema before those of a session (pg_temp), where a caller could put a table
-- with a trigger in the place of one of these.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- A price with the percentage of a price list, rounded as the list says. The names of the roundings are those of Zoho's API description.
CREATE OR REPLACE FUNCTION percentage_price(p_price numeric, p_percentage numeric, p_is_increase boolean, p_rounding text, p_decimals integer)
    RETURNS numeric
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE p_rounding
               WHEN 'round_to_dollar' THEN round(x)
               WHEN 'round_to_dollor' THEN round(x)
               WHEN 'round_to_dollar_minus_01' THEN round(x) - 0.01
               WHEN 'round_to_half_dollar' THEN round(x * 2) / 2
               WHEN 'round_to_half_dollar_minus_01' THEN round(x * 2) / 2 - 0.01
               ELSE round(x, coalesce(p_decimals, 2)) END
      FROM (SELECT p_price * (1 + CASE WHEN p_is_increase THEN p_percentage ELSE -p_percentage END / 100) AS x) priced
$$;

-- Gives products their price in the default list, in the list's currency. If the organisation has no default list, it is created. A price that
-- somebody set to another value stays, and so does the price of a product whose own price is 0 by now.
-- PL/pgSQL keeps its plans, whereas a function in SQL is parsed and planned for each page: 1.3 ms. The planner settings make plans that find
-- rows by their keys, because the plans are kept while the tables grow. Products are found by their ids first: a plan that began with the
-- list read all products of the organisation for each page.
CREATE OR REPLACE FUNCTION give_default_prices(p_products bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_material = off AS
$$
BEGIN
    INSERT INTO price_lists (org_id, name, currency, is_active, is_default)
    SELECT o.org_id, s.default_list, coalesce(s.default_currency, (SELECT z.currency FROM organisations z WHERE z.org_id = o.org_id)), true, true
      FROM (SELECT DISTINCT org_id FROM products WHERE id = ANY (p_products) OFFSET 0) o CROSS JOIN price_settings s
     WHERE NOT EXISTS (SELECT 1 FROM price_lists l WHERE l.org_id = o.org_id AND l.is_default)
        ON CONFLICT (org_id) WHERE is_default DO NOTHING;

    WITH p AS MATERIALIZED (
        SELECT id, org_id, zoho_item_id, price FROM products
         WHERE id = ANY (p_products) AND is_active AND price > 0 AND deleted_at IS NULL
    ),
    l AS MATERIALIZED (
        SELECT id, org_id, zoho_pricebook_id, currency FROM price_lists
         WHERE is_default AND org_id = ANY (ARRAY(SELECT DISTINCT org_id FROM p))
    )
    INSERT INTO product_prices AS t (org_id, zoho_item_id, zoho_pricebook_id, price, currency, origin, product_id, list_id, default_price)
    SELECT p.org_id, p.zoho_item_id, l.zoho_pricebook_id, p.price, l.currency, 'default', p.id, l.id, p.price
      FROM p JOIN l USING (org_id)
     ORDER BY p.id
        ON CONFLICT (list_id, product_id) DO UPDATE
       SET price = CASE WHEN t.deleted_at IS NULL AND t.price <> t.default_price THEN t.price ELSE EXCLUDED.price END,
           default_price = CASE WHEN t.deleted_at IS NULL AND t.price <> t.default_price THEN t.default_price ELSE EXCLUDED.default_price END,
           currency = EXCLUDED.currency, origin = 'default', deleted_at = NULL, updated_at = clock_timestamp()
     WHERE t.deleted_at IS NOT NULL
        OR t.origin = 'default' AND (t.price = t.default_price AND t.price <> EXCLUDED.price
                                     OR t.currency IS DISTINCT FROM EXCLUDED.currency);
END
$$;

-- Gives products their prices in percentage lists. A price that can no longer be computed is marked as deleted: the product has no price any more, or is gone.
CREATE OR REPLACE FUNCTION give_percentage_prices(p_products bigint[], p_lists bigint[]) RETURNS void
    LANGUAGE sql AS
$$
    WITH p AS MATERIALIZED (SELECT * FROM products WHERE id = ANY (p_products)),
    l AS MATERIALIZED (SELECT * FROM price_lists WHERE id = ANY (p_lists) AND pricebook_type = 'fixed_percentage' AND deleted_at IS NULL),
    priced AS MATERIALIZED (
        SELECT p.org_id, p.zoho_item_id, l.zoho_pricebook_id, c.price, l.currency, p.id AS product_id, l.id AS list_id, l.zoho_modified_at
          FROM p JOIN l ON l.org_id = p.org_id
         CROSS JOIN LATERAL (SELECT percentage_price(
                   CASE l.sales_or_purchase WHEN 'purchases' THEN p.purchase_price ELSE p.price END, l.percentage, l.is_increase, l.source ->> 'rounding_type',
                   CASE WHEN l.source ->> 'decimal_place' ~ '^[0-9]{1,2}([.]0*)?$' THEN CAST(CAST(l.source ->> 'decimal_place' AS numeric) AS integer) END) AS price) c
         WHERE p.deleted_at IS NULL AND p.zoho_item_id IS NOT NULL AND c.price IS NOT NULL
    ),
    no_longer AS (
        UPDATE product_prices t SET deleted_at = clock_timestamp(), updated_at = clock_timestamp()
          FROM p, l
         WHERE t.product_id = p.id AND t.list_id = l.id AND t.origin = 'zoho' AND t.deleted_at IS NULL
           AND NOT EXISTS (SELECT FROM priced x WHERE x.list_id = l.id AND x.product_id = p.id)
    )
    INSERT INTO product_prices AS t (org_id, zoho_item_id, zoho_pricebook_id, price, currency, origin, product_id, list_id, zoho_modified_at)
    SELECT x.org_id, x.zoho_item_id, x.zoho_pricebook_id, x.price, x.currency, 'zoho', x.product_id, x.list_id, x.zoho_modified_at
      FROM priced x
     ORDER BY x.list_id, x.product_id
        ON CONFLICT (list_id, product_id) DO UPDATE
       SET price = EXCLUDED.price, currency = EXCLUDED.currency, origin = 'zoho', deleted_at = NULL, updated_at = clock_timestamp()
     WHERE (t.price, t.currency, t.origin) IS DISTINCT FROM (EXCLUDED.price, EXCLUDED.currency, EXCLUDED.origin)
        OR t.deleted_at IS NOT NULL
$$;

-- The items of a price list of Zoho, each once. An item without a price is not priced.
CREATE OR REPLACE FUNCTION priced_items(p_source jsonb) RETURNS TABLE (zoho_item_id text, source jsonb, price numeric)
    LANGUAGE sql STABLE AS
$$
    SELECT DISTINCT ON (i.item ->> 'item_id') i.item ->> 'item_id', i.item,
           coalesce(zoho_number('pricebook_items.pricebook_rate', i.item ->> 'pricebook_rate'),
                    zoho_number('price_brackets.pricebook_rate', i.item #>> '{price_brackets,0,pricebook_rate}'))
      FROM jsonb_array_elements(lines_of(p_source, 'pricebook_items')) WITH ORDINALITY AS i(item, place)
     WHERE i.item ->> 'item_id' <> ''
     ORDER BY i.item ->> 'item_id', i.place DESC
$$;

-- Whether the stored prices of a list differ from those in its row. If so, a verification or a mapping that is applied again writes them.
CREATE OR REPLACE FUNCTION list_prices_differ(p_list bigint, p_type text, p_source jsonb) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    WITH wanted AS (SELECT zoho_item_id, price FROM priced_items(p_source) WHERE price IS NOT NULL),
    kept AS (SELECT zoho_item_id, price FROM product_prices WHERE list_id = p_list AND origin = 'zoho' AND deleted_at IS NULL)
    SELECT p_type <> 'fixed_percentage' AND p_source ? 'pricebook_items'
       AND EXISTS ((TABLE wanted EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE wanted))
$$;

-- Stores the prices of a list that has a price for each item, and the brackets of these prices. The price of an item that the list no longer
-- prices is marked as deleted. A bracket without a start begins at 0. Of brackets with one start, the first counts, and before all a bracket whose
-- start is given.
CREATE OR REPLACE FUNCTION give_item_prices(p_list price_lists) RETURNS void
    LANGUAGE sql AS
$$
    WITH priced AS (SELECT * FROM priced_items(p_list.source)),
    no_longer AS (
        UPDATE product_prices t SET deleted_at = clock_timestamp(), updated_at = clock_timestamp()
         WHERE t.list_id = p_list.id AND t.origin = 'zoho' AND t.deleted_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM priced i WHERE i.zoho_item_id = t.zoho_item_id AND i.price IS NOT NULL)
    ),
    written AS (
        INSERT INTO product_prices AS t (org_id, zoho_item_id, zoho_pricebook_id, price, currency, origin, product_id, list_id,
                                         source, zoho_modified_at)
        SELECT p_list.org_id, i.zoho_item_id, p_list.zoho_pricebook_id, i.price, p_list.currency, 'zoho',
               (SELECT p.id FROM products p WHERE p.org_id = p_list.org_id AND p.zoho_item_id = i.zoho_item_id), p_list.id,
               i.source, p_list.zoho_modified_at
          FROM priced i
         WHERE i.price IS NOT NULL
         ORDER BY i.zoho_item_id
            ON CONFLICT (org_id, zoho_item_id, zoho_pricebook_id) DO UPDATE
           SET price = EXCLUDED.price, currency = EXCLUDED.currency, origin = 'zoho', default_price = NULL, source = EXCLUDED.source,
               zoho_modified_at = EXCLUDED.zoho_modified_at, deleted_at = NULL, updated_at = clock_timestamp()
         WHERE (t.price, t.currency, t.origin, t.source) IS DISTINCT FROM (EXCLUDED.price, EXCLUDED.currency, EXCLUDED.origin, EXCLUDED.source)
            OR t.deleted_at IS NOT NULL
        RETURNING t.id, t.source
    ),
    tiers AS (
        SELECT DISTINCT ON (w.id, coalesce(b.start_quantity, 0)) w.id, coalesce(b.start_quantity, 0) AS start_quantity, b.end_quantity, b.price
          FROM written w
         CROSS JOIN LATERAL jsonb_array_elements(lines_of(w.source, 'price_brackets')) WITH ORDINALITY AS l(e, place)
         CROSS JOIN LATERAL (SELECT zoho_number('price_brackets.start_quantity', e ->> 'start_quantity') AS start_quantity,
                                    zoho_number('price_brackets.end_quantity', e ->> 'end_quantity') AS end_quantity,
                                    zoho_number('price_brackets.pricebook_rate', e ->> 'pricebook_rate') AS price) b
         WHERE b.price IS NOT NULL
         ORDER BY w.id, coalesce(b.start_quantity, 0), b.start_quantity IS NULL, l.place
    ),
    left_over AS (
        DELETE FROM product_price_brackets o USING written w
         WHERE o.price_id = w.id AND NOT EXISTS (SELECT 1 FROM tiers t WHERE t.id = o.price_id AND t.start_quantity = o.start_quantity)
    )
    INSERT INTO product_price_brackets (price_id, start_quantity, end_quantity, price)
    SELECT id, start_quantity, end_quantity, price FROM tiers
        ON CONFLICT (price_id, start_quantity) DO UPDATE SET end_quantity = EXCLUDED.end_quantity, price = EXCLUDED.price
$$;

-- Makes a list from Zoho the default list, if it has the name of the default list. It replaces a list that was made here, or a list from Zoho that
-- is deleted or has another name by now. It takes over the default prices for which it has no price of its own.
CREATE OR REPLACE FUNCTION take_default_list(p_list price_lists) RETURNS void
    LANGUAGE plpgsql AS
$$
DECLARE
    v_before price_lists%ROWTYPE;
BEGIN
    SELECT * INTO v_before FROM price_lists l WHERE l.org_id = p_list.org_id AND l.is_default;
    IF v_before.id = p_list.id
       OR v_before.zoho_pricebook_id IS NOT NULL AND v_before.deleted_at IS NULL AND v_before.name = p_list.name THEN
        RETURN;
    END IF;
    UPDATE price_lists SET is_default = false WHERE id = v_before.id;
    UPDATE price_lists SET is_default = true WHERE id = p_list.id;
    UPDATE product_prices t SET list_id = p_list.id, zoho_pricebook_id = p_list.zoho_pricebook_id, currency = p_list.currency
     WHERE t.list_id = v_before.id AND t.origin = 'default'
       AND NOT EXISTS (SELECT 1 FROM product_prices o WHERE o.list_id = p_list.id
                          AND (o.product_id = t.product_id OR o.zoho_item_id = t.zoho_item_id));
    DELETE FROM product_prices WHERE list_id = v_before.id AND origin = 'default';
    DELETE FROM price_lists WHERE id = v_before.id AND zoho_pricebook_id IS NULL;
END
$$;

-- Applies the settings of the default price list. Called at each start.
CREATE OR REPLACE FUNCTION apply_price_settings(p_list text, p_currency text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    INSERT INTO price_settings (default_list, default_currency) VALUES (btrim(p_list), NULLIF(btrim(p_currency), ''))
        ON CONFLICT (only_row) DO UPDATE SET default_list = EXCLUDED.default_list, default_currency = EXCLUDED.default_currency;
    UPDATE price_lists l SET name = s.default_list, currency = c.currency, updated_at = clock_timestamp()
      FROM price_settings s, price_lists d
      LEFT JOIN organisations o ON o.org_id = d.org_id
     CROSS JOIN LATERAL (SELECT coalesce((SELECT p.default_currency FROM price_settings p), d.currency, o.currency) AS currency) c
     WHERE d.id = l.id AND l.is_default AND l.zoho_pricebook_id IS NULL
       AND (l.name, l.currency) IS DISTINCT FROM (s.default_list, c.currency);
    -- a list from Zoho may have the name by now
    PERFORM take_default_list(l) FROM price_lists l JOIN price_settings s ON s.default_list = l.name
     WHERE l.zoho_pricebook_id IS NOT NULL AND NOT l.is_default AND l.deleted_at IS NULL;
    -- products that have no default price yet, and prices in another currency than their list's
    PERFORM give_default_prices((SELECT coalesce(array_agg(p.id), '{}') FROM products p
                                  WHERE p.is_active AND p.price > 0 AND p.deleted_at IS NULL
                                    AND NOT EXISTS (SELECT 1 FROM product_prices t JOIN price_lists l ON l.id = t.list_id AND l.is_default
                                                     WHERE t.product_id = p.id AND t.deleted_at IS NULL
                                                       AND (t.origin = 'zoho' OR t.currency IS NOT DISTINCT FROM l.currency))));
END
$$;

-- Keeps prices in step with products. SECURITY DEFINER, as for prices_follow_list: a role that may correct a product by hand needs no right to
-- write the locks.
CREATE OR REPLACE FUNCTION prices_follow_products() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_material = off AS
$$
DECLARE
    v_changed    bigint[];
    v_orgs       text[];
    v_percentage bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(n.id), array_agg(DISTINCT n.org_id ORDER BY n.org_id) INTO v_changed, v_orgs FROM new_rows n;
    ELSE
        SELECT array_agg(n.id), array_agg(DISTINCT n.org_id ORDER BY n.org_id) INTO v_changed, v_orgs
          FROM (SELECT id, org_id, zoho_item_id, price, purchase_price, is_active, deleted_at IS NULL FROM new_rows
                EXCEPT
                SELECT id, org_id, zoho_item_id, price, purchase_price, is_active, deleted_at IS NULL FROM old_rows) n;
    END IF;
    IF v_changed IS NULL THEN
        RETURN NULL;
    END IF;
    -- taken before any row of product_prices is locked, because the sink of price lists writes the same rows
    PERFORM lock_work('prices ' || o) FROM unnest(v_orgs) o;
    IF TG_OP = 'INSERT' THEN    -- prices from Zoho that were stored before their item
        UPDATE product_prices t SET product_id = p.id
          FROM products p
         WHERE p.id = ANY (v_changed) AND t.org_id = p.org_id AND t.zoho_item_id = p.zoho_item_id AND t.product_id IS NULL;
    END IF;
    PERFORM give_default_prices(v_changed);
    SELECT array_agg(l.id) INTO v_percentage FROM price_lists l
     WHERE l.pricebook_type = 'fixed_percentage' AND l.deleted_at IS NULL AND l.org_id = ANY (v_orgs);
    IF v_percentage IS NOT NULL THEN
        PERFORM give_percentage_prices(v_changed, v_percentage);
    END IF;
    RETURN NULL;
END
$$;

-- Keeps the prices of a list in step with its row: percentages of the products' prices, or a price for each item with its brackets. If the key
-- with the items is gone from the row, the prices are marked as deleted.
CREATE OR REPLACE FUNCTION prices_follow_list() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS
$$
DECLARE
    v_products bigint[];
BEGIN
    IF NEW.zoho_pricebook_id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM lock_work('prices ' || NEW.org_id);
    IF NEW.deleted_at IS NULL AND NEW.name = (SELECT default_list FROM price_settings) THEN
        PERFORM take_default_list(NEW);
    END IF;
    SELECT coalesce(array_agg(p.id), '{}') INTO v_products FROM products p WHERE p.org_id = NEW.org_id;
    IF NEW.deleted_at IS NOT NULL THEN
        UPDATE product_prices SET deleted_at = clock_timestamp(), updated_at = clock_timestamp()
         WHERE list_id = NEW.id AND origin = 'zoho' AND deleted_at IS NULL;
    ELSIF NEW.pricebook_type = 'fixed_percentage' THEN
        DELETE FROM product_price_brackets b USING product_prices t WHERE t.list_id = NEW.id AND b.price_id = t.id;  -- of a list that had a price for each item
        PERFORM give_percentage_prices(v_products, ARRAY[NEW.id]);
    ELSIF NEW.source ? 'pricebook_items' OR TG_OP = 'UPDATE' AND OLD.source ? 'pricebook_items' THEN
        PERFORM give_item_prices(NEW);
    END IF;
    IF (SELECT l.is_default FROM price_lists l WHERE l.id = NEW.id) THEN
        PERFORM give_default_prices(v_products);
    END IF;
    RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION prices_follow_products(), prices_follow_list() FROM PUBLIC;
CREATE OR REPLACE TRIGGER prices_follow_new_products AFTER INSERT ON products REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION prices_follow_products();
CREATE OR REPLACE TRIGGER prices_follow_products AFTER UPDATE ON products REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION prices_follow_products();
CREATE OR REPLACE TRIGGER prices_follow_list AFTER INSERT OR UPDATE OF source, deleted_at, percentage, is_increase, currency, name ON price_lists
    FOR EACH ROW EXECUTE FUNCTION prices_follow_list();

-- If somebody deletes a default price, it is inserted again.
CREATE OR REPLACE FUNCTION default_prices_stay() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    IF pg_trigger_depth() = 1 THEN
        PERFORM give_default_prices((SELECT coalesce(array_agg(o.product_id), '{}') FROM old_rows o WHERE o.product_id IS NOT NULL));
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER default_prices_stay_when_deleted AFTER DELETE ON product_prices REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION default_prices_stay();
CREATE OR REPLACE TRIGGER default_prices_stay_when_changed AFTER UPDATE ON product_prices REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION default_prices_stay();

-- If somebody deletes a default list, it is created again, with its prices.
CREATE OR REPLACE FUNCTION default_list_stays() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    IF pg_trigger_depth() = 1 THEN
        PERFORM give_default_prices((SELECT coalesce(array_agg(p.id), '{}') FROM products p
                                      WHERE p.org_id IN (SELECT o.org_id FROM old_rows o WHERE o.is_default)));
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER default_list_stays AFTER DELETE ON price_lists REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION default_list_stays();

-- When a product is deleted, its default price is deleted too. Prices from Zoho's lists stay, even without a row of their item.
CREATE OR REPLACE FUNCTION default_prices_leave() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    DELETE FROM product_prices WHERE product_id IS NULL AND origin = 'default';
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER default_prices_leave AFTER DELETE ON products FOR EACH STATEMENT EXECUTE FUNCTION default_prices_leave();
