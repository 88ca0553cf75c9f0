-- What Zoho writes as text, read strictly. PostgreSQL's own input guesses: 03/04/2025 became 4 March, and it takes 12-31-2025, today,
-- infinity, NaN, 1_000 and 0x10. What is in no form that Zoho documents is refused with its key and its value, and becomes the dead letter
-- of that one record. Null and "" are no value.

-- Raises; its result is there for the CASE of its callers. STABLE, so that no plan computes it beforehand.
CREATE FUNCTION refuse_value(p_key text, p_problem text, p_value text) RETURNS text
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s %s: "%s"', p_key, p_problem, left(p_value, 100));
END
$$;

-- Digits with a point. A JSON number has this form in jsonb however it was sent.
CREATE FUNCTION zoho_number(p_key text, p_value text) RETURNS numeric
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value ~ '^-?[0-9]+(\.[0-9]+)?$' THEN CAST(p_value AS numeric)
                ELSE CAST(refuse_value(p_key, 'is not numeric', p_value) AS numeric) END
$$;

CREATE FUNCTION zoho_integer(p_key text, p_value text) RETURNS integer
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value ~ '^-?[0-9]{1,9}$' THEN CAST(p_value AS integer)
                ELSE CAST(refuse_value(p_key, 'is no whole number', p_value) AS integer) END
$$;

CREATE FUNCTION zoho_boolean(p_key text, p_value text) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value IN ('true', 'false') THEN p_value = 'true'
                ELSE CAST(refuse_value(p_key, 'is neither true nor false', p_value) AS boolean) END
$$;

-- A day that exists (2025-02-29 does not), in the years from 1000 to 9999.
CREATE FUNCTION zoho_day_form() RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT '(?:[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))'
        || '|(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)-02-29)'
$$;

-- The time of day behind a day.
CREATE FUNCTION zoho_clock_form() RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$ SELECT '[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?' $$;

CREATE FUNCTION zoho_offset_form() RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$ SELECT ' ?(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)' $$;

-- 2025-03-04; of a time, the day as it is written.
CREATE FUNCTION zoho_date(p_key text, p_value text) RETURNS date
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value ~ ('^' || zoho_day_form() || '(?:' || zoho_clock_form() || '(?:' || zoho_offset_form() || ')?)?$')
                THEN CAST(left(p_value, 10) AS date)
                ELSE CAST(refuse_value(p_key, 'is no date such as 2025-03-04', p_value) AS date) END
$$;

-- 2025-03-04T10:11:12+0530, +05:30 or Z. A time without a zone is the organisation's, which sink-turn.sql tells; a day alone is its midnight.
CREATE FUNCTION zoho_time(p_key text, p_value text) RETURNS timestamptz
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value ~ ('^' || zoho_day_form() || zoho_clock_form() || zoho_offset_form() || '$') THEN CAST(p_value AS timestamptz)
                WHEN p_value ~ ('^' || zoho_day_form() || '(?:' || zoho_clock_form() || ')?$')
                THEN CAST(p_value AS timestamp) AT TIME ZONE coalesce(NULLIF(current_setting('saddlebag.zone', true), ''), 'UTC')
                ELSE CAST(refuse_value(p_key, 'is no time such as 2025-03-04T10:11:12+0530', p_value) AS timestamptz) END
$$;

-- last_modified_time, as the version of a record. One that is later than sink-turn.sql allows, for the clock of whoever wrote it is wrong or
-- it is forged, is none: it would win over all that comes until then.
CREATE FUNCTION zoho_version(p_value text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_time   CONSTANT timestamptz := zoho_time('last_modified_time', p_value);
    v_latest CONSTANT text := current_setting('saddlebag.latest_version', true);
BEGIN
    RETURN CASE WHEN v_time <= coalesce(CAST(NULLIF(v_latest, '') AS timestamptz), now() + interval '5 minutes') THEN v_time END;
END
$$;

-- As before, but for that.
CREATE OR REPLACE FUNCTION sent_records(p_records jsonb, p_id_key text)
    RETURNS TABLE (zoho_id text, source jsonb, modified timestamptz)
    LANGUAGE sql STABLE AS
$$
    SELECT DISTINCT ON (r.source ->> p_id_key) r.source ->> p_id_key, r.source, zoho_version(r.source ->> 'last_modified_time')
      FROM jsonb_array_elements(p_records) WITH ORDINALITY AS r(source, place)
     ORDER BY 1, 3 DESC NULLS LAST, r.place
$$;

-- As before, but for that.
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

-- As before, but for that.
CREATE OR REPLACE FUNCTION give_percentage_prices(p_products bigint[], p_lists bigint[]) RETURNS void
    LANGUAGE sql AS
$$
    WITH p AS MATERIALIZED (SELECT * FROM products WHERE id = ANY (p_products))
    INSERT INTO product_prices AS t (org_id, zoho_item_id, zoho_pricebook_id, price, currency, origin, product_id, list_id, zoho_modified_at)
    SELECT p.org_id, p.zoho_item_id, l.zoho_pricebook_id, c.price, l.currency, 'zoho', p.id, l.id, l.zoho_modified_at
      FROM p JOIN price_lists l ON l.org_id = p.org_id
     CROSS JOIN LATERAL (SELECT percentage_price(
               CASE l.sales_or_purchase WHEN 'purchases' THEN p.purchase_price ELSE p.price END, l.percentage, l.is_increase,
               l.source ->> 'rounding_type', zoho_integer('decimal_place', l.source ->> 'decimal_place')) AS price) c
     WHERE l.id = ANY (p_lists) AND l.pricebook_type = 'fixed_percentage' AND l.deleted_at IS NULL
       AND p.deleted_at IS NULL AND p.zoho_item_id IS NOT NULL AND c.price IS NOT NULL
     ORDER BY l.id, p.id
        ON CONFLICT (list_id, product_id) DO UPDATE
       SET price = EXCLUDED.price, currency = EXCLUDED.currency, origin = 'zoho', deleted_at = NULL, updated_at = clock_timestamp()
     WHERE (t.price, t.currency, t.origin) IS DISTINCT FROM (EXCLUDED.price, EXCLUDED.currency, EXCLUDED.origin)
        OR t.deleted_at IS NOT NULL
$$;

-- As before, but for that.
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
         CROSS JOIN LATERAL jsonb_array_elements(lines_of(w.source, 'price_brackets')) AS e
         CROSS JOIN LATERAL (SELECT zoho_number('price_brackets.start_quantity', e ->> 'start_quantity') AS start_quantity,
                                    zoho_number('price_brackets.end_quantity', e ->> 'end_quantity') AS end_quantity,
                                    zoho_number('price_brackets.pricebook_rate', e ->> 'pricebook_rate') AS price) b
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
