-- What the profile of 100,000 items showed: a fifth of PostgreSQL's time for a page went into these.

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

-- As before, but for the key of the conflict; and an item without a price in the list is one that the list does not price.
CREATE OR REPLACE FUNCTION give_item_prices(p_list price_lists) RETURNS void
    LANGUAGE sql AS
$$
    WITH priced AS (
        SELECT DISTINCT ON (i.item ->> 'item_id') i.item ->> 'item_id' AS zoho_item_id, i.item AS source,
               coalesce(CAST(NULLIF(i.item ->> 'pricebook_rate', '') AS numeric),
                        CAST(NULLIF(i.item #>> '{price_brackets,0,pricebook_rate}', '') AS numeric)) AS price
          FROM jsonb_array_elements(p_list.source -> 'pricebook_items') WITH ORDINALITY AS i(item, place)
         ORDER BY i.item ->> 'item_id', i.place DESC
    ),
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
         WHERE i.zoho_item_id <> '' AND i.price IS NOT NULL
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

-- As before; rows and lists are read once each, and joined without a look at an index for each row.
CREATE OR REPLACE FUNCTION give_default_prices(p_products bigint[]) RETURNS void
    LANGUAGE sql AS
$$
    WITH o AS MATERIALIZED (SELECT DISTINCT org_id FROM products WHERE id = ANY (p_products))
    INSERT INTO price_lists (org_id, name, currency, is_active, is_default)
    SELECT o.org_id, s.default_list, s.default_currency, true, true
      FROM o CROSS JOIN price_settings s
     WHERE NOT EXISTS (SELECT 1 FROM price_lists l WHERE l.org_id = o.org_id AND l.is_default)
        ON CONFLICT (org_id) WHERE is_default DO NOTHING;

    -- by their ids first: joined to the list first, a plan read all products of the organisation for each page
    WITH p AS MATERIALIZED (
        SELECT id, org_id, zoho_item_id, price FROM products
         WHERE id = ANY (p_products) AND is_active AND price > 0 AND deleted_at IS NULL
    ),
    l AS MATERIALIZED (
        SELECT id, org_id, zoho_pricebook_id, currency FROM price_lists WHERE is_default AND org_id = ANY (ARRAY(SELECT DISTINCT org_id FROM p))
    )
    INSERT INTO product_prices AS t (org_id, zoho_item_id, zoho_pricebook_id, price, currency, origin, product_id, list_id, default_price)
    SELECT p.org_id, p.zoho_item_id, l.zoho_pricebook_id, p.price, l.currency, 'default', p.id, l.id, p.price
      FROM p JOIN l USING (org_id)
     ORDER BY p.id
        ON CONFLICT (list_id, product_id) DO UPDATE
       SET price = EXCLUDED.price, default_price = EXCLUDED.default_price, origin = 'default', deleted_at = NULL,
           updated_at = clock_timestamp()
     WHERE t.deleted_at IS NOT NULL
        OR t.origin = 'default' AND t.price = t.default_price AND t.price <> EXCLUDED.price
$$;

-- The calls of a day of which the larger part is counted already: a call counts those since, not the whole day again.
ALTER TABLE organisations
    ADD day_counted      integer,
    ADD day_counted_from timestamptz,   -- the beginning of the day
    ADD day_counted_to   timestamptz;
