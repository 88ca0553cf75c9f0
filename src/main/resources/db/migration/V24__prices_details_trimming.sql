-- What the profile of 100,000 items showed (a fifth of PostgreSQL's time for a page went into these), and mends of prices,
-- details and trimming.

-- A counted repetition builds an automaton of 64 states for each statement; and a function that is not inlined costs 2 µs a row.
CREATE OR REPLACE FUNCTION wanted_image(p_image_name text, p_source jsonb, p_deleted_at timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_deleted_at IS NULL
                THEN NULLIF(coalesce(p_source ->> 'image_document_id', '') || '/' || coalesce(p_image_name, ''), '/') END
$$;

CREATE FUNCTION is_plain_id(p_id text) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT length(p_id) <= 64 AND p_id ~ '^[0-9A-Za-z_-]+$'
$$;

CREATE OR REPLACE FUNCTION images_follow_products() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS
$$
DECLARE
    v_gone record;
BEGIN
    -- no statement joins item_images: on a first run a plan made for the empty table would read all of it for each page
    IF TG_OP = 'INSERT' THEN
        INSERT INTO item_images AS i (org_id, zoho_item_id, wanted_key)
        SELECT n.org_id, n.zoho_item_id, w.key
          FROM new_rows n CROSS JOIN LATERAL (SELECT wanted_image(n.image_name, n.source, n.deleted_at) AS key) w
         WHERE w.key IS NOT NULL AND is_plain_id(n.zoho_item_id)
         ORDER BY n.org_id, n.zoho_item_id
            ON CONFLICT (org_id, zoho_item_id) DO NOTHING;
    ELSE
        INSERT INTO item_images AS i (org_id, zoho_item_id, wanted_key)
        SELECT n.org_id, n.zoho_item_id, wanted_image(n.image_name, n.source, n.deleted_at)
          FROM new_rows n JOIN old_rows o ON o.id = n.id
         WHERE wanted_image(n.image_name, n.source, n.deleted_at) <> coalesce(wanted_image(o.image_name, o.source, o.deleted_at), '')
           AND is_plain_id(n.zoho_item_id)
         ORDER BY n.org_id, n.zoho_item_id
            ON CONFLICT (org_id, zoho_item_id) DO UPDATE
           SET wanted_key = EXCLUDED.wanted_key, attempts = 0, next_at = '-infinity';
        FOR v_gone IN SELECT n.org_id, n.zoho_item_id FROM new_rows n JOIN old_rows o ON o.id = n.id
                       WHERE wanted_image(n.image_name, n.source, n.deleted_at) IS NULL
                         AND wanted_image(o.image_name, o.source, o.deleted_at) IS NOT NULL
                       ORDER BY n.org_id, n.zoho_item_id
        LOOP
            DELETE FROM item_images WHERE org_id = v_gone.org_id AND zoho_item_id = v_gone.zoho_item_id;
        END LOOP;
    END IF;
    RETURN NULL;
END
$$;

-- A price is unique by its Zoho ids and by its product: an index by list and item says the same again, for each row written.
ALTER TABLE product_prices DROP CONSTRAINT product_prices_list_id_zoho_item_id_key;

-- What a list of Zoho says of items, each once; one without a price is not priced.
CREATE FUNCTION priced_items(p_source jsonb) RETURNS TABLE (zoho_item_id text, source jsonb, price numeric)
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT DISTINCT ON (i.item ->> 'item_id') i.item ->> 'item_id', i.item,
           coalesce(CAST(NULLIF(i.item ->> 'pricebook_rate', '') AS numeric),
                    CAST(NULLIF(i.item #>> '{price_brackets,0,pricebook_rate}', '') AS numeric))
      FROM jsonb_array_elements(p_source -> 'pricebook_items') WITH ORDINALITY AS i(item, place)
     WHERE i.item ->> 'item_id' <> ''
     ORDER BY i.item ->> 'item_id', i.place DESC
$$;

-- Whether the prices of a list of items are not those of its row, which a verification and a mapping applied again then write.
CREATE FUNCTION list_prices_differ(p_list bigint, p_type text, p_source jsonb) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    WITH wanted AS (SELECT zoho_item_id, price FROM priced_items(p_source) WHERE price IS NOT NULL),
    kept AS (SELECT zoho_item_id, price FROM product_prices WHERE list_id = p_list AND origin = 'zoho' AND deleted_at IS NULL)
    SELECT p_type <> 'fixed_percentage' AND jsonb_typeof(p_source -> 'pricebook_items') = 'array'
       AND EXISTS ((TABLE wanted EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE wanted))
$$;

-- As before, but for the key of the conflict; and an item without a price in the list is one that the list does not price.
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

-- A default price has its list's currency, whoever set the price. In PL/pgSQL, which keeps its plans, where a function in SQL is parsed and planned for each page: 1.3 ms. The plans
-- are made for rows found by their keys, since they stay when the tables have grown.
CREATE OR REPLACE FUNCTION give_default_prices(p_products bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_material = off AS
$$
BEGIN
    INSERT INTO price_lists (org_id, name, currency, is_active, is_default)
    SELECT o.org_id, s.default_list, s.default_currency, true, true
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

CREATE OR REPLACE FUNCTION prices_follow_products() RETURNS trigger
    LANGUAGE plpgsql
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
          FROM (SELECT id, org_id, price, purchase_price, is_active, deleted_at IS NULL FROM new_rows
                EXCEPT
                SELECT id, org_id, price, purchase_price, is_active, deleted_at IS NULL FROM old_rows) n;
    END IF;
    IF v_changed IS NULL THEN
        RETURN NULL;
    END IF;
    -- before any row of product_prices: the sink of price lists writes the same rows
    PERFORM pg_advisory_xact_lock(hashtextextended('prices ' || o, 0)) FROM unnest(v_orgs) o;
    IF TG_OP = 'INSERT' THEN    -- what Zoho priced before its item was here
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

-- The calls of a day of which the larger part is counted already: a call counts those since, not the whole day again.
ALTER TABLE organisations
    ADD day_counted      integer,
    ADD day_counted_from timestamptz,   -- the beginning of the day
    ADD day_counted_to   timestamptz;

-- Old runs are removed; one that was carried on by a newer one, too.
ALTER TABLE sync_runs
    DROP CONSTRAINT sync_runs_resumed_from_fkey,
    ADD CONSTRAINT sync_runs_resumed_from_fkey FOREIGN KEY (resumed_from) REFERENCES sync_runs (id) ON DELETE SET NULL;
CREATE INDEX sync_runs_carried_on ON sync_runs (resumed_from) WHERE resumed_from IS NOT NULL;
CREATE INDEX data_quality_of_a_run ON data_quality (run_id);

-- Makes a list of Zoho that bears the default list's name the default one: instead of the list made here, whose prices it takes
-- over where it has none of its own, or of one that is deleted or has another name by now.
CREATE FUNCTION take_default_list(p_list price_lists) RETURNS void
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

CREATE OR REPLACE FUNCTION prices_follow_list() RETURNS trigger
    LANGUAGE plpgsql AS
$$
DECLARE
    v_products bigint[];
BEGIN
    IF NEW.zoho_pricebook_id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('prices ' || NEW.org_id, 0));
    IF NEW.deleted_at IS NULL AND NEW.name = (SELECT default_list FROM price_settings) THEN
        PERFORM take_default_list(NEW);
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

-- A default list that somebody deletes is made again, with its prices.
CREATE FUNCTION default_list_stays() RETURNS trigger
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
CREATE TRIGGER default_list_stays AFTER DELETE ON price_lists REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION default_list_stays();

-- What Zoho's lists say of an item outlasts its row, and is the row's again when it comes back; a default price does not.
ALTER TABLE product_prices
    DROP CONSTRAINT product_prices_product_id_fkey,
    ADD CONSTRAINT product_prices_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE SET NULL;

CREATE FUNCTION default_prices_leave() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    DELETE FROM product_prices WHERE product_id IS NULL AND origin = 'default';
    RETURN NULL;
END
$$;
CREATE TRIGGER default_prices_leave AFTER DELETE ON products FOR EACH STATEMENT EXECUTE FUNCTION default_prices_leave();

-- Which call wrote this price: the changes of a price are those of its row, by its id.
SELECT track_changes('product_prices', 'product-prices', 'id');

-- A list's answer ends what is known of the details also where it is taken whatever its version, as a verification does; a
-- mapping that is applied again has the row's own time, or the lines themselves.
CREATE OR REPLACE FUNCTION still_detailed(p_again boolean, p_has_lines boolean, p_modified timestamptz, p_same_columns boolean,
                                          r_detailed boolean, r_modified timestamptz) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_has_lines THEN NOT p_again OR coalesce(r_detailed, false)
                WHEN p_modified IS NULL THEN coalesce(r_detailed, false) AND p_same_columns
                ELSE coalesce(r_detailed, false) AND p_modified <= coalesce(r_modified, '-infinity') END
$$;
