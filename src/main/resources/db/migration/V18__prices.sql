-- Prices in price lists, and the promise that every active product with a price above 0 has one in the default list.
-- Zoho's lists are matched by their Zoho id; one that bears the default list's name takes the place of the one made here.

-- What saddlebag.prices says, written at each start by afterMigrate__prices.sql.
CREATE TABLE price_settings (
    only_row         boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    default_list     text NOT NULL,
    default_currency text
);

ALTER TABLE price_lists ADD is_default boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX price_lists_default ON price_lists (org_id) WHERE is_default;

CREATE TABLE product_prices (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id            text        NOT NULL,
    zoho_item_id      text,                                 -- null: a product made here
    zoho_pricebook_id text,                                 -- null: the default list, made here
    price             numeric     NOT NULL CHECK (price > '-Infinity' AND price < 'Infinity'),
    currency          text,
    origin            text        NOT NULL CHECK (origin IN ('zoho', 'default')),
    product_id        bigint      REFERENCES products (id) ON DELETE CASCADE, -- null: Zoho prices an item that is not here yet
    list_id           bigint      NOT NULL REFERENCES price_lists (id) ON DELETE CASCADE,
    default_price     numeric,                              -- what it was set to from the product: equal until someone sets another
    source            jsonb,
    zoho_created_at   timestamptz,
    zoho_modified_at  timestamptz,
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at        timestamptz,
    UNIQUE (org_id, zoho_item_id, zoho_pricebook_id),
    UNIQUE (list_id, product_id),
    UNIQUE (list_id, zoho_item_id)
);
CREATE INDEX product_prices_of_a_product ON product_prices (product_id);

-- The tiers of a price that depends on the quantity; the price itself is that of the first.
CREATE TABLE product_price_brackets (
    price_id       bigint  NOT NULL REFERENCES product_prices (id) ON DELETE CASCADE,
    start_quantity numeric NOT NULL,
    end_quantity   numeric,                                 -- null: and more
    price          numeric NOT NULL,
    PRIMARY KEY (price_id, start_quantity)
);

-- A list's percentage of a price, rounded as the list says. The words are those of Zoho's description of price lists.
CREATE FUNCTION percentage_price(p_price numeric, p_percentage numeric, p_is_increase boolean, p_rounding text, p_decimals integer)
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

-- Gives products their price in the default list of their organisation, which is made where there is none.
-- A price that someone set to something else stays; so does that of a product whose price is now 0.
CREATE FUNCTION give_default_prices(p_products bigint[]) RETURNS void
    LANGUAGE sql AS
$$
    INSERT INTO price_lists (org_id, name, currency, is_active, is_default)
    SELECT DISTINCT p.org_id, s.default_list, s.default_currency, true, true
      FROM (SELECT DISTINCT org_id FROM products WHERE id = ANY (p_products)) p CROSS JOIN price_settings s
     WHERE NOT EXISTS (SELECT 1 FROM price_lists l WHERE l.org_id = p.org_id AND l.is_default)
        ON CONFLICT (org_id) WHERE is_default DO NOTHING;

    -- by their ids first: joined to the list first, a plan read all products of the organisation for each page
    WITH p AS MATERIALIZED (SELECT * FROM products WHERE id = ANY (p_products))
    INSERT INTO product_prices AS t (org_id, zoho_item_id, zoho_pricebook_id, price, currency, origin, product_id, list_id, default_price)
    SELECT p.org_id, p.zoho_item_id, l.zoho_pricebook_id, p.price, l.currency, 'default', p.id, l.id, p.price
      FROM p JOIN price_lists l ON l.org_id = p.org_id AND l.is_default
     WHERE p.is_active AND p.price > 0 AND p.deleted_at IS NULL
     ORDER BY p.id
        ON CONFLICT (list_id, product_id) DO UPDATE
       SET price = EXCLUDED.price, default_price = EXCLUDED.default_price, origin = 'default', deleted_at = NULL,
           updated_at = clock_timestamp()
     WHERE t.deleted_at IS NOT NULL
        OR t.origin = 'default' AND t.price = t.default_price AND t.price <> EXCLUDED.price
$$;

-- Prices of percentage lists, for these products and lists.
CREATE FUNCTION give_percentage_prices(p_products bigint[], p_lists bigint[]) RETURNS void
    LANGUAGE sql AS
$$
    WITH p AS MATERIALIZED (SELECT * FROM products WHERE id = ANY (p_products))
    INSERT INTO product_prices AS t (org_id, zoho_item_id, zoho_pricebook_id, price, currency, origin, product_id, list_id, zoho_modified_at)
    SELECT p.org_id, p.zoho_item_id, l.zoho_pricebook_id, c.price, l.currency, 'zoho', p.id, l.id, l.zoho_modified_at
      FROM p JOIN price_lists l ON l.org_id = p.org_id
     CROSS JOIN LATERAL (SELECT percentage_price(
               CASE l.sales_or_purchase WHEN 'purchases' THEN p.purchase_price ELSE p.price END, l.percentage, l.is_increase,
               l.source ->> 'rounding_type', CAST(NULLIF(l.source ->> 'decimal_place', '') AS integer)) AS price) c
     WHERE l.id = ANY (p_lists) AND l.pricebook_type = 'fixed_percentage' AND l.deleted_at IS NULL
       AND p.deleted_at IS NULL AND p.zoho_item_id IS NOT NULL AND c.price IS NOT NULL
     ORDER BY l.id, p.id
        ON CONFLICT (list_id, product_id) DO UPDATE
       SET price = EXCLUDED.price, currency = EXCLUDED.currency, origin = 'zoho', deleted_at = NULL, updated_at = clock_timestamp()
     WHERE (t.price, t.currency, t.origin) IS DISTINCT FROM (EXCLUDED.price, EXCLUDED.currency, EXCLUDED.origin)
        OR t.deleted_at IS NOT NULL
$$;

CREATE FUNCTION prices_follow_products() RETURNS trigger
    LANGUAGE plpgsql AS
$$
DECLARE
    v_changed bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(n.id) INTO v_changed FROM new_rows n;
    ELSE
        SELECT array_agg(n.id) INTO v_changed
          FROM new_rows n JOIN old_rows o ON o.id = n.id
         WHERE (n.price, n.purchase_price, n.is_active, n.deleted_at IS NULL)
               IS DISTINCT FROM (o.price, o.purchase_price, o.is_active, o.deleted_at IS NULL);
    END IF;
    IF v_changed IS NOT NULL THEN
        -- before any row of product_prices: the sink of price lists writes the same rows
        PERFORM pg_advisory_xact_lock(hashtextextended('prices ' || org_id, 0))
           FROM (SELECT DISTINCT org_id FROM products WHERE id = ANY (v_changed) ORDER BY 1) o;
        -- what Zoho priced before its item was here
        UPDATE product_prices t SET product_id = p.id
          FROM products p
         WHERE TG_OP = 'INSERT' AND p.id = ANY (v_changed) AND t.org_id = p.org_id AND t.zoho_item_id = p.zoho_item_id
           AND t.product_id IS NULL;
        PERFORM give_default_prices(v_changed);
        PERFORM give_percentage_prices(v_changed, (SELECT coalesce(array_agg(l.id), '{}') FROM price_lists l
                    WHERE l.pricebook_type = 'fixed_percentage' AND l.deleted_at IS NULL
                      AND l.org_id IN (SELECT org_id FROM products WHERE id = ANY (v_changed))));
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER prices_follow_new_products AFTER INSERT ON products REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION prices_follow_products();
CREATE TRIGGER prices_follow_products AFTER UPDATE ON products REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION prices_follow_products();

-- A default price that somebody deletes is given again.
CREATE FUNCTION default_prices_stay() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    IF pg_trigger_depth() = 1 THEN
        PERFORM give_default_prices((SELECT coalesce(array_agg(o.product_id), '{}') FROM old_rows o WHERE o.product_id IS NOT NULL));
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER default_prices_stay_when_deleted AFTER DELETE ON product_prices REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION default_prices_stay();
CREATE TRIGGER default_prices_stay_when_changed AFTER UPDATE ON product_prices REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION default_prices_stay();

-- The prices of one list as its row has them: percentages of the products' own, or an item's each, with its brackets.
CREATE FUNCTION prices_follow_list() RETURNS trigger
    LANGUAGE plpgsql AS
$$
DECLARE
    v_made_here price_lists%ROWTYPE;
    v_products  bigint[];
BEGIN
    IF NEW.zoho_pricebook_id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('prices ' || NEW.org_id, 0));
    IF NOT NEW.is_default AND NEW.deleted_at IS NULL AND NEW.name = (SELECT default_list FROM price_settings) THEN
        SELECT * INTO v_made_here FROM price_lists l WHERE l.org_id = NEW.org_id AND l.is_default AND l.zoho_pricebook_id IS NULL;
        UPDATE price_lists SET is_default = false WHERE id = v_made_here.id;
        UPDATE price_lists l SET is_default = true WHERE l.id = NEW.id
           AND NOT EXISTS (SELECT 1 FROM price_lists d WHERE d.org_id = NEW.org_id AND d.is_default);
        UPDATE product_prices SET list_id = NEW.id, zoho_pricebook_id = NEW.zoho_pricebook_id, currency = NEW.currency
         WHERE list_id = v_made_here.id;
        DELETE FROM price_lists WHERE id = v_made_here.id;
    END IF;
    SELECT coalesce(array_agg(p.id), '{}') INTO v_products FROM products p WHERE p.org_id = NEW.org_id;
    IF NEW.deleted_at IS NOT NULL THEN
        UPDATE product_prices SET deleted_at = clock_timestamp(), updated_at = clock_timestamp()
         WHERE list_id = NEW.id AND origin = 'zoho' AND deleted_at IS NULL;
    ELSIF NEW.pricebook_type = 'fixed_percentage' THEN
        PERFORM give_percentage_prices(v_products, ARRAY[NEW.id]);
    ELSIF NEW.source ? 'pricebook_items' THEN
        PERFORM give_item_prices(NEW);
    END IF;
    IF (SELECT l.is_default FROM price_lists l WHERE l.id = NEW.id) THEN
        PERFORM give_default_prices(v_products);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION give_item_prices(p_list price_lists) RETURNS void
    LANGUAGE sql AS
$$
    UPDATE product_prices t SET deleted_at = clock_timestamp(), updated_at = clock_timestamp()
     WHERE t.list_id = p_list.id AND t.origin = 'zoho' AND t.deleted_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(p_list.source -> 'pricebook_items') i
                        WHERE i ->> 'item_id' = t.zoho_item_id);

    WITH priced AS (
        SELECT DISTINCT ON (i.item ->> 'item_id') i.item ->> 'item_id' AS zoho_item_id, i.item AS source,
               coalesce(CAST(NULLIF(i.item ->> 'pricebook_rate', '') AS numeric),
                        CAST(NULLIF(i.item #>> '{price_brackets,0,pricebook_rate}', '') AS numeric)) AS price
          FROM jsonb_array_elements(p_list.source -> 'pricebook_items') WITH ORDINALITY AS i(item, place)
         ORDER BY i.item ->> 'item_id', i.place DESC
    ),
    written AS (
        INSERT INTO product_prices AS t (org_id, zoho_item_id, zoho_pricebook_id, price, currency, origin, product_id, list_id,
                                         source, zoho_modified_at)
        SELECT p_list.org_id, i.zoho_item_id, p_list.zoho_pricebook_id, i.price, p_list.currency, 'zoho',
               (SELECT p.id FROM products p WHERE p.org_id = p_list.org_id AND p.zoho_item_id = i.zoho_item_id), p_list.id,
               i.source, p_list.zoho_modified_at
          FROM priced i
         WHERE i.zoho_item_id <> '' AND i.price IS NOT NULL
         ORDER BY i.zoho_item_id
            ON CONFLICT (list_id, zoho_item_id) DO UPDATE
           SET price = EXCLUDED.price, currency = EXCLUDED.currency, origin = 'zoho', default_price = NULL, source = EXCLUDED.source,
               zoho_modified_at = EXCLUDED.zoho_modified_at, deleted_at = NULL, updated_at = clock_timestamp()
         WHERE (t.price, t.currency, t.origin, t.source) IS DISTINCT FROM (EXCLUDED.price, EXCLUDED.currency, EXCLUDED.origin, EXCLUDED.source)
            OR t.deleted_at IS NOT NULL
        RETURNING t.id, t.source
    ),
    tiers AS (
        SELECT DISTINCT ON (w.id, b.start_quantity) w.id, coalesce(b.start_quantity, 0) AS start_quantity, b.end_quantity, b.price
          FROM written w
         CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(w.source -> 'price_brackets')
                                                      WHEN 'array' THEN w.source -> 'price_brackets' ELSE '[]' END) AS e
         CROSS JOIN LATERAL (SELECT CAST(NULLIF(e ->> 'start_quantity', '') AS numeric) AS start_quantity,
                                    CAST(NULLIF(e ->> 'end_quantity', '') AS numeric) AS end_quantity,
                                    CAST(NULLIF(e ->> 'pricebook_rate', '') AS numeric) AS price) b
         WHERE b.price IS NOT NULL
    ),
    left_over AS (
        DELETE FROM product_price_brackets o USING written w
         WHERE o.price_id = w.id AND NOT EXISTS (SELECT 1 FROM tiers t WHERE t.id = o.price_id AND t.start_quantity = o.start_quantity)
    )
    INSERT INTO product_price_brackets (price_id, start_quantity, end_quantity, price)
    SELECT id, start_quantity, end_quantity, price FROM tiers
        ON CONFLICT (price_id, start_quantity) DO UPDATE SET end_quantity = EXCLUDED.end_quantity, price = EXCLUDED.price
$$;

CREATE TRIGGER prices_follow_list AFTER INSERT OR UPDATE OF source, deleted_at, percentage, is_increase, currency, name ON price_lists
    FOR EACH ROW EXECUTE FUNCTION prices_follow_list();

DO
$$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        GRANT SELECT ON product_prices, product_price_brackets TO saddlebag_reader;
    END IF;
END
$$;
