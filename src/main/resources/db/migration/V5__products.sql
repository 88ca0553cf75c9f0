-- Items of Zoho Inventory. Rows made here have a null zoho_item_id and are never touched by a pull.
CREATE TABLE products (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id           text        NOT NULL,
    zoho_item_id     text,
    name             text,
    sku              text,                                  -- null when empty; Zoho lets it repeat
    description      text,
    price            numeric     CHECK (price > '-Infinity' AND price < 'Infinity'),      -- NaN is above Infinity
    purchase_price   numeric     CHECK (purchase_price > '-Infinity' AND purchase_price < 'Infinity'),
    stock_quantity   numeric     CHECK (stock_quantity > '-Infinity' AND stock_quantity < 'Infinity'), -- null for services
    is_active        boolean,
    unit             text,
    brand            text,
    category         text,
    item_type        text,
    image_name       text,
    source           jsonb,                                 -- the record as Zoho sent it, list and detail keys merged
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,                           -- when the request that brought this version was sent
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at       timestamptz,
    UNIQUE (org_id, zoho_item_id)
);

-- Who may read the tables of Zoho data and nothing else. A database user who may not make roles asks the administrator.
DO
$$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        CREATE ROLE saddlebag_reader NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE WARNING 'The role saddlebag_reader is missing and this user may not create it: CREATE ROLE saddlebag_reader NOLOGIN, then GRANT SELECT ON products TO saddlebag_reader';
END
$$;
DO
$$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        GRANT SELECT ON products TO saddlebag_reader;
    END IF;
END
$$;
