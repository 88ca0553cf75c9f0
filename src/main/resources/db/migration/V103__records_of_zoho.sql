-- The records of Zoho, one table a kind. The comments that all of them share are at the end.
-- Numbers have a CHECK because numeric also takes infinities, and NaN, which is above Infinity.
-- No foreign key leads from one kind to another: the other record may come later, or never.

CREATE TABLE products (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id           text        NOT NULL,
    zoho_item_id     text,
    name             text,
    sku              text,
    description      text,
    price            numeric     CHECK (price > '-Infinity' AND price < 'Infinity'),
    purchase_price   numeric     CHECK (purchase_price > '-Infinity' AND purchase_price < 'Infinity'),
    stock_quantity   numeric     CHECK (stock_quantity > '-Infinity' AND stock_quantity < 'Infinity'),
    is_active        boolean,
    unit             text,
    brand            text,
    category         text,
    item_type        text,
    image_name       text,
    source           jsonb,
    shapes           jsonb       NOT NULL DEFAULT '{}',
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at       timestamptz,
    UNIQUE (org_id, zoho_item_id)
);
COMMENT ON TABLE products IS 'Items of Zoho Inventory.';
COMMENT ON COLUMN products.sku IS 'null when empty; Zoho allows duplicates';
COMMENT ON COLUMN products.stock_quantity IS 'null for services';

CREATE TABLE product_stock (
    org_id                 text        NOT NULL,
    zoho_item_id           text        NOT NULL,
    location_id            text        NOT NULL,
    location_name          text,
    stock_on_hand          numeric     CHECK (stock_on_hand > '-Infinity' AND stock_on_hand < 'Infinity'),
    available_stock        numeric     CHECK (available_stock > '-Infinity' AND available_stock < 'Infinity'),
    actual_available_stock numeric     CHECK (actual_available_stock > '-Infinity' AND actual_available_stock < 'Infinity'),
    created_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, zoho_item_id, location_id),
    FOREIGN KEY (org_id, zoho_item_id) REFERENCES products (org_id, zoho_item_id) ON DELETE CASCADE
);
COMMENT ON TABLE product_stock IS 'Stock per location, as of the last answer that brought it.';

CREATE TABLE customers (
    id                     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id                 text        NOT NULL,
    zoho_contact_id        text,
    name                   text,
    company_name           text,
    contact_type           text,
    email                  text,
    phone                  text,
    mobile                 text,
    currency               text,
    outstanding_receivable numeric     CHECK (outstanding_receivable > '-Infinity' AND outstanding_receivable < 'Infinity'),
    outstanding_payable    numeric     CHECK (outstanding_payable > '-Infinity' AND outstanding_payable < 'Infinity'),
    is_active              boolean,
    source                 jsonb,
    shapes                 jsonb       NOT NULL DEFAULT '{}',
    zoho_created_at        timestamptz,
    zoho_modified_at       timestamptz,
    requested_at           timestamptz,
    created_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at             timestamptz,
    UNIQUE (org_id, zoho_contact_id)
);
COMMENT ON TABLE customers IS 'Customers and vendors.';
COMMENT ON COLUMN customers.contact_type IS 'customer or vendor';

CREATE TABLE invoices (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id           text        NOT NULL,
    zoho_invoice_id  text,
    invoice_number   text,
    zoho_contact_id  text,
    status           text,
    invoice_date     date,
    due_date         date,
    total            numeric     CHECK (total > '-Infinity' AND total < 'Infinity'),
    balance          numeric     CHECK (balance > '-Infinity' AND balance < 'Infinity'),
    currency         text,
    source           jsonb,
    shapes           jsonb       NOT NULL DEFAULT '{}',
    detailed         boolean     NOT NULL DEFAULT false,
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at       timestamptz,
    UNIQUE (org_id, zoho_invoice_id)
);
CREATE INDEX invoices_of_a_contact ON invoices (org_id, zoho_contact_id);
-- Rows without their lines, in the order in which take_detail asks for them.
CREATE INDEX ON invoices (org_id, zoho_modified_at DESC NULLS LAST, length(zoho_invoice_id) DESC, zoho_invoice_id DESC)
    WHERE NOT detailed AND deleted_at IS NULL;

CREATE TABLE invoice_lines (
    org_id          text        NOT NULL,
    zoho_invoice_id text        NOT NULL,
    zoho_line_id    text        NOT NULL,
    position        integer     NOT NULL,
    zoho_item_id    text,
    name            text,
    sku             text,
    description     text,
    quantity        numeric     CHECK (quantity > '-Infinity' AND quantity < 'Infinity'),
    rate            numeric     CHECK (rate > '-Infinity' AND rate < 'Infinity'),
    unit            text,
    item_total      numeric     CHECK (item_total > '-Infinity' AND item_total < 'Infinity'),
    tax_id          text,
    tax_name        text,
    tax_percentage  numeric     CHECK (tax_percentage > '-Infinity' AND tax_percentage < 'Infinity'),
    location_id     text,
    source          jsonb       NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, zoho_invoice_id, zoho_line_id),
    FOREIGN KEY (org_id, zoho_invoice_id) REFERENCES invoices (org_id, zoho_invoice_id) ON DELETE CASCADE
);
COMMENT ON COLUMN invoice_lines.zoho_line_id IS '#1, #2, ... where Zoho gives none';
COMMENT ON COLUMN invoice_lines.position IS 'from 1';
CREATE INDEX invoice_lines_of_an_item ON invoice_lines (org_id, zoho_item_id);

CREATE TABLE bills (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id           text        NOT NULL,
    zoho_bill_id     text,
    bill_number      text,
    zoho_contact_id  text,
    status           text,
    bill_date        date,
    due_date         date,
    total            numeric     CHECK (total > '-Infinity' AND total < 'Infinity'),
    balance          numeric     CHECK (balance > '-Infinity' AND balance < 'Infinity'),
    currency         text,
    source           jsonb,
    shapes           jsonb       NOT NULL DEFAULT '{}',
    detailed         boolean     NOT NULL DEFAULT false,
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at       timestamptz,
    UNIQUE (org_id, zoho_bill_id)
);
COMMENT ON COLUMN bills.zoho_contact_id IS 'the vendor';
CREATE INDEX bills_of_a_contact ON bills (org_id, zoho_contact_id);
CREATE INDEX ON bills (org_id, zoho_modified_at DESC NULLS LAST, length(zoho_bill_id) DESC, zoho_bill_id DESC)
    WHERE NOT detailed AND deleted_at IS NULL;

CREATE TABLE bill_lines (
    org_id          text        NOT NULL,
    zoho_bill_id    text        NOT NULL,
    zoho_line_id    text        NOT NULL,
    position        integer     NOT NULL,
    zoho_item_id    text,
    name            text,
    sku             text,
    description     text,
    quantity        numeric     CHECK (quantity > '-Infinity' AND quantity < 'Infinity'),
    rate            numeric     CHECK (rate > '-Infinity' AND rate < 'Infinity'),
    unit            text,
    item_total      numeric     CHECK (item_total > '-Infinity' AND item_total < 'Infinity'),
    tax_id          text,
    tax_name        text,
    tax_percentage  numeric     CHECK (tax_percentage > '-Infinity' AND tax_percentage < 'Infinity'),
    account_id      text,
    location_id     text,
    source          jsonb       NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, zoho_bill_id, zoho_line_id),
    FOREIGN KEY (org_id, zoho_bill_id) REFERENCES bills (org_id, zoho_bill_id) ON DELETE CASCADE
);
CREATE INDEX bill_lines_of_an_item ON bill_lines (org_id, zoho_item_id);

CREATE TABLE stock_adjustments (
    id                 bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id             text        NOT NULL,
    zoho_adjustment_id text,
    adjustment_date    date,
    reason             text,
    adjustment_type    text,
    status             text,
    reference_number   text,
    total              numeric     CHECK (total > '-Infinity' AND total < 'Infinity'),
    source             jsonb,
    shapes             jsonb       NOT NULL DEFAULT '{}',
    detailed           boolean     NOT NULL DEFAULT false,
    zoho_created_at    timestamptz,
    zoho_modified_at   timestamptz,
    requested_at       timestamptz,
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at         timestamptz,
    UNIQUE (org_id, zoho_adjustment_id)
);
COMMENT ON COLUMN stock_adjustments.adjustment_type IS 'quantity or value';
COMMENT ON COLUMN stock_adjustments.total IS 'adjustments have no last_modified_time: in a list, a change of the lines shows only here';
CREATE INDEX ON stock_adjustments (org_id, zoho_modified_at DESC NULLS LAST, length(zoho_adjustment_id) DESC, zoho_adjustment_id DESC)
    WHERE NOT detailed AND deleted_at IS NULL;

CREATE TABLE stock_adjustment_lines (
    org_id             text        NOT NULL,
    zoho_adjustment_id text        NOT NULL,
    zoho_line_id       text        NOT NULL,
    position           integer     NOT NULL,
    zoho_item_id       text,
    name               text,
    sku                text,
    description        text,
    quantity_adjusted  numeric     CHECK (quantity_adjusted > '-Infinity' AND quantity_adjusted < 'Infinity'),
    value_adjusted     numeric     CHECK (value_adjusted > '-Infinity' AND value_adjusted < 'Infinity'),
    unit               text,
    item_total         numeric     CHECK (item_total > '-Infinity' AND item_total < 'Infinity'),
    account_id         text,
    location_id        text,
    source             jsonb       NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, zoho_adjustment_id, zoho_line_id),
    FOREIGN KEY (org_id, zoho_adjustment_id) REFERENCES stock_adjustments (org_id, zoho_adjustment_id) ON DELETE CASCADE
);
CREATE INDEX stock_adjustment_lines_of_an_item ON stock_adjustment_lines (org_id, zoho_item_id);

CREATE TABLE customer_payments (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id           text        NOT NULL,
    zoho_payment_id  text,
    payment_number   text,
    zoho_contact_id  text,
    payment_date     date,
    amount           numeric     CHECK (amount > '-Infinity' AND amount < 'Infinity'),
    unused_amount    numeric     CHECK (unused_amount > '-Infinity' AND unused_amount < 'Infinity'),
    payment_mode     text,
    currency         text,
    reference_number text,
    invoice_numbers  text,
    source           jsonb,
    shapes           jsonb       NOT NULL DEFAULT '{}',
    detailed         boolean     NOT NULL DEFAULT false,
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at       timestamptz,
    UNIQUE (org_id, zoho_payment_id)
);
COMMENT ON TABLE customer_payments IS 'What customers paid.';
COMMENT ON COLUMN customer_payments.invoice_numbers IS 'as the list has them; null where Zoho leaves them out';
CREATE INDEX customer_payments_of_a_contact ON customer_payments (org_id, zoho_contact_id);
CREATE INDEX ON customer_payments (org_id, zoho_modified_at DESC NULLS LAST, length(zoho_payment_id) DESC, zoho_payment_id DESC)
    WHERE NOT detailed AND deleted_at IS NULL;

CREATE TABLE customer_payment_allocations (
    org_id             text        NOT NULL,
    zoho_payment_id    text        NOT NULL,
    zoho_allocation_id text        NOT NULL,
    zoho_invoice_id    text,
    amount_applied     numeric     CHECK (amount_applied > '-Infinity' AND amount_applied < 'Infinity'),
    applied_on         date,
    source             jsonb       NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, zoho_payment_id, zoho_allocation_id),
    FOREIGN KEY (org_id, zoho_payment_id) REFERENCES customer_payments (org_id, zoho_payment_id) ON DELETE CASCADE
);
COMMENT ON TABLE customer_payment_allocations IS 'For which invoices.';
COMMENT ON COLUMN customer_payment_allocations.zoho_allocation_id IS 'Zoho''s invoice_payment_id; where it has none, the invoice''s id';
CREATE INDEX customer_payment_allocations_of_an_invoice ON customer_payment_allocations (org_id, zoho_invoice_id);

CREATE TABLE price_lists (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id            text        NOT NULL,
    zoho_pricebook_id text,
    name              text,
    currency          text,
    pricebook_type    text,
    percentage        numeric     CHECK (percentage > '-Infinity' AND percentage < 'Infinity'),
    is_increase       boolean,
    sales_or_purchase text,
    is_active         boolean,
    is_default        boolean     NOT NULL DEFAULT false,
    source            jsonb,
    shapes            jsonb       NOT NULL DEFAULT '{}',
    zoho_created_at   timestamptz,
    zoho_modified_at  timestamptz,
    requested_at      timestamptz,
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at        timestamptz,
    UNIQUE (org_id, zoho_pricebook_id)
);
COMMENT ON COLUMN price_lists.pricebook_type IS 'fixed_percentage or per_item';
CREATE UNIQUE INDEX price_lists_default ON price_lists (org_id) WHERE is_default;

CREATE TABLE product_prices (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id            text        NOT NULL,
    zoho_item_id      text,
    zoho_pricebook_id text,
    price             numeric     NOT NULL CHECK (price > '-Infinity' AND price < 'Infinity'),
    currency          text,
    origin            text        NOT NULL CHECK (origin IN ('zoho', 'default')),
    product_id        bigint      REFERENCES products (id) ON DELETE SET NULL,
    list_id           bigint      NOT NULL REFERENCES price_lists (id) ON DELETE CASCADE,
    default_price     numeric,
    source            jsonb,
    zoho_created_at   timestamptz,
    zoho_modified_at  timestamptz,
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at        timestamptz,
    -- A third index by list and item would repeat these two, and cost time for each row written.
    UNIQUE (org_id, zoho_item_id, zoho_pricebook_id),
    UNIQUE (list_id, product_id)
);
COMMENT ON TABLE product_prices IS
    'Prices of items in price lists. Every active product with a price above 0 has one in the default list. Price lists of '
    'Zoho are matched by their Zoho id; one with the default list''s name replaces the default list that was made here.';
COMMENT ON COLUMN product_prices.zoho_item_id IS 'null: a product made here';
COMMENT ON COLUMN product_prices.zoho_pricebook_id IS 'null: the default list, made here';
COMMENT ON COLUMN product_prices.product_id IS
    'null: Zoho prices an item that is not here. Such a price outlasts the item''s row, and belongs to it again when it '
    'comes back';
COMMENT ON COLUMN product_prices.default_price IS 'the product''s price that was copied here: equal to price until somebody sets another';
CREATE INDEX product_prices_of_a_product ON product_prices (product_id);

CREATE TABLE product_price_brackets (
    price_id       bigint  NOT NULL REFERENCES product_prices (id) ON DELETE CASCADE,
    start_quantity numeric NOT NULL,
    end_quantity   numeric,
    price          numeric NOT NULL,
    PRIMARY KEY (price_id, start_quantity)
);
COMMENT ON TABLE product_price_brackets IS 'The tiers of a price that depends on the quantity. The price itself is that of the first tier.';
COMMENT ON COLUMN product_price_brackets.end_quantity IS 'null: no upper bound';

CREATE TABLE price_settings (
    only_row         boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    default_list     text NOT NULL,
    default_currency text
);
COMMENT ON TABLE price_settings IS 'The settings saddlebag.prices, written at each start by afterMigrate__prices.sql.';
-- Functions that forbid sequential scans (enable_seqscan = off) find the only row by this index. Reading it as a table raised the
-- cost of each plan to 1e10, from which PostgreSQL derives that it must compile the plan.
CREATE INDEX price_settings_whole ON price_settings (only_row) INCLUDE (default_list, default_currency);

CREATE TABLE records (
    org_id           text        NOT NULL,
    entity           text        NOT NULL,
    zoho_id          text        NOT NULL,
    source           jsonb,
    shapes           jsonb       NOT NULL DEFAULT '{}',
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at       timestamptz,
    -- In this order: a query on a partition does not name the entity
    UNIQUE (org_id, zoho_id, entity)
) PARTITION BY LIST (entity);
COMMENT ON TABLE records IS
    'Records of kinds that have no table of their own, as JSON, with a partition for each kind. Statements that work on the '
    'table of a kind and the column of its Zoho id work on a partition as it is.';

CREATE TABLE record_changes (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id      text        NOT NULL,
    entity      text        NOT NULL,
    zoho_id     text        NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    column_name text        NOT NULL,
    before      jsonb,
    after       jsonb,
    source      text        NOT NULL,
    run_id      bigint,
    call_id     bigint
);
COMMENT ON TABLE record_changes IS 'Each change of a tracked column of a record: the answer to "which call wrote this price?".';
COMMENT ON COLUMN record_changes.before IS 'of the column''s own type: 9.5, "Lantern", true; null when the column was empty';
COMMENT ON COLUMN record_changes.source IS 'pull, webhook, api (one record, by a person), remap; sql: a statement from outside';
COMMENT ON COLUMN record_changes.call_id IS 'of zoho_calls: the call whose answer brought the change';
CREATE INDEX record_changes_of_record ON record_changes (org_id, entity, zoho_id);
CREATE INDEX record_changes_of_run ON record_changes (run_id) WHERE run_id IS NOT NULL;

-- What all kinds share. The Zoho id is null in rows that were made here; no pull touches those.
DO
$$
DECLARE
    v_column record;
BEGIN
    FOR v_column IN
        SELECT t.name AS table_name, c.name, c.comment
          FROM unnest(ARRAY['products', 'customers', 'invoices', 'bills', 'stock_adjustments', 'customer_payments', 'price_lists', 'records']) AS t(name)
         CROSS JOIN (VALUES
                ('source', 'the record as Zoho sent it, the keys of all answers merged'),
                ('shapes', 'the keys of source that each shape of answer lacked when it last came (function merged)'),
                ('detailed', 'whether the lines of this version are stored'),
                ('requested_at', 'when the request that brought this version was sent'),
                ('updated_at', 'moves only when a column changes'),
                ('deleted_at', 'null while Zoho has the record')) AS c(name, comment)
          JOIN pg_attribute a ON a.attrelid = CAST(t.name AS regclass) AND a.attname = c.name
    LOOP
        EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', v_column.table_name, v_column.name, v_column.comment);
    END LOOP;
END
$$;
