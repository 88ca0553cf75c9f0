-- What only a single record brings and its list does not: lines of invoices, bills and adjustments, allocations of payments,
-- stock per location. And what is to be asked for again because of it.

-- The elements of a record's array: one for each id, the later of two equals. Without an id an element is known by its place.
CREATE FUNCTION sent_lines(p_lines jsonb, p_id_key text, p_other_key text DEFAULT NULL)
    RETURNS TABLE (line_id text, place integer, source jsonb)
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT DISTINCT ON (1) coalesce(NULLIF(l.source ->> p_id_key, ''), NULLIF(l.source ->> p_other_key, ''), '#' || l.place),
           CAST(l.place AS integer), l.source
      FROM jsonb_array_elements(p_lines) WITH ORDINALITY AS l(source, place)
     WHERE jsonb_typeof(l.source) = 'object'
     ORDER BY 1, 2 DESC
$$;

-- The array of an answer as sent_lines takes it; null: the answer says nothing of it, and what is stored stays.
CREATE FUNCTION lines_of(p_answer jsonb, p_key text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN jsonb_typeof(p_answer -> p_key) = 'array' THEN p_answer -> p_key END $$;

-- Whether a row's details are those of its version. A list's answer ends that with a newer last_modified_time; one that has
-- none, when a column changes. Not when Zoho only writes the same record in another way, as its lists and single records do:
-- then the same details would be fetched for ever. A mapping that is applied again says nothing of it.
CREATE FUNCTION still_detailed(p_again boolean, p_has_lines boolean, p_modified timestamptz, p_same_columns boolean,
                               r_detailed boolean, r_modified timestamptz) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_again THEN coalesce(r_detailed, false)
                WHEN p_has_lines THEN true
                WHEN p_modified IS NULL THEN coalesce(r_detailed, false) AND p_same_columns
                ELSE coalesce(r_detailed, false) AND p_modified <= coalesce(r_modified, '-infinity') END
$$;

-- Makes a table one whose rows are completed one by one: SELECT keep_details('invoices', 'zoho_invoice_id').
CREATE FUNCTION keep_details(p_table regclass, p_key_column text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('ALTER TABLE %s ADD COLUMN IF NOT EXISTS detailed boolean NOT NULL DEFAULT false', p_table);
    EXECUTE format('CREATE INDEX ON %1$s (org_id, zoho_modified_at DESC NULLS LAST, length(%2$I) DESC, %2$I DESC)
                     WHERE NOT detailed AND deleted_at IS NULL', p_table, p_key_column);
END
$$;

-- A record whose details were asked for and not stored, as far as anyone knows: until then it is nobody else's.
CREATE TABLE detail_attempts (
    org_id         text        NOT NULL,
    entity         text        NOT NULL,
    zoho_id        text        NOT NULL,
    row_updated_at timestamptz NOT NULL,                -- of the row that was to be completed; another is another matter
    attempts       integer     NOT NULL DEFAULT 1,
    next_at        timestamptz NOT NULL,
    PRIMARY KEY (org_id, entity, zoho_id)
);

-- How far the details of a kind are; the row of a kind that has none does not exist.
CREATE TABLE detail_progress (
    org_id     text        NOT NULL,
    entity     text        NOT NULL,
    lacking    bigint      NOT NULL DEFAULT 0,          -- rows without them, when they were last counted
    counted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    failures   integer     NOT NULL DEFAULT 0,          -- one after the other, of the kind as a whole
    next_at    timestamptz,                             -- after failures: not before
    error      text,
    PRIMARY KEY (org_id, entity)
);

CREATE FUNCTION count_details(p_org text, p_entity text, p_table text) RETURNS void
    LANGUAGE plpgsql AS
$$
DECLARE
    v_lacking bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %I WHERE org_id = $1 AND NOT detailed AND deleted_at IS NULL', p_table)
       INTO v_lacking USING p_org;
    INSERT INTO detail_progress AS d (org_id, entity, lacking) VALUES (p_org, p_entity, v_lacking)
        ON CONFLICT (org_id, entity) DO UPDATE SET lacking = EXCLUDED.lacking, counted_at = EXCLUDED.counted_at
     WHERE d.lacking <> EXCLUDED.lacking;
END
$$;

-- After so many failures in a row: p_first, and four times as long each time, up to a day.
CREATE FUNCTION pause_after(p_failures integer, p_first interval) RETURNS interval
    LANGUAGE sql IMMUTABLE AS
$$ SELECT least(p_first * power(4, least(p_failures, 10) - 1), interval '1 day') $$;

-- The newest record without details, for this caller alone until p_again is over; null: there is none for now.
CREATE FUNCTION take_detail(p_org text, p_entity text, p_table text, p_key_column text, p_again interval) RETURNS text
    LANGUAGE plpgsql AS
$$
DECLARE
    v_id      text;
    v_updated timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('details ' || p_entity || ' ' || p_org, 0));
    IF EXISTS (SELECT 1 FROM detail_progress d WHERE d.org_id = p_org AND d.entity = p_entity AND d.next_at > clock_timestamp()) THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT t.%1$I, t.updated_at FROM %2$I t
                      LEFT JOIN detail_attempts a ON a.org_id = t.org_id AND a.entity = $2 AND a.zoho_id = t.%1$I
                                                 AND a.row_updated_at = t.updated_at
                     WHERE t.org_id = $1 AND NOT t.detailed AND t.deleted_at IS NULL AND t.%1$I IS NOT NULL
                       AND (a.next_at IS NULL OR a.next_at <= clock_timestamp())
                     ORDER BY t.zoho_modified_at DESC NULLS LAST, length(t.%1$I) DESC, t.%1$I DESC LIMIT 1', p_key_column, p_table)
       INTO v_id, v_updated USING p_org, p_entity;
    IF v_id IS NOT NULL THEN
        INSERT INTO detail_attempts AS a (org_id, entity, zoho_id, row_updated_at, next_at)
        VALUES (p_org, p_entity, v_id, v_updated, clock_timestamp() + p_again)
            ON CONFLICT (org_id, entity, zoho_id) DO UPDATE
           SET attempts = CASE WHEN a.row_updated_at = v_updated THEN a.attempts + 1 ELSE 1 END, row_updated_at = v_updated,
               next_at = clock_timestamp()
                         + pause_after(CASE WHEN a.row_updated_at = v_updated THEN a.attempts + 1 ELSE 1 END, p_again);
    END IF;
    RETURN v_id;
END
$$;

-- After an answer was stored: nothing is left of the attempt, unless the row still lacks its details; the kind works.
CREATE FUNCTION detail_stored(p_org text, p_entity text, p_table text, p_key_column text, p_id text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('DELETE FROM detail_attempts a USING %2$I t
                     WHERE a.org_id = $1 AND a.entity = $2 AND a.zoho_id = $3
                       AND t.org_id = $1 AND t.%1$I = $3 AND (t.detailed OR t.deleted_at IS NOT NULL)', p_key_column, p_table)
      USING p_org, p_entity, p_id;
    UPDATE detail_progress SET failures = 0, next_at = NULL, error = NULL
     WHERE org_id = p_org AND entity = p_entity AND failures > 0;
END
$$;

-- Items to be asked for again, each once however often it is named: their stock moves without a new last_modified_time.
CREATE TABLE stock_queue (
    org_id        text        NOT NULL,
    zoho_item_id  text        NOT NULL,
    queued_at     timestamptz NOT NULL DEFAULT clock_timestamp(),   -- when it was last named
    claimed_until timestamptz NOT NULL DEFAULT '-infinity',
    refused       integer     NOT NULL DEFAULT 0,                   -- in a call with others; then it is asked for alone
    PRIMARY KEY (org_id, zoho_item_id)
);

-- The sinks of two kinds may name the same items in another order: they take turns, or they would deadlock.
CREATE FUNCTION queue_items(p_org text, p_items text[]) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    IF EXISTS (SELECT 1 FROM unnest(p_items) i WHERE i ~ '^[0-9A-Za-z_-]{1,64}$') THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('stock_queue ' || p_org, 0));
        INSERT INTO stock_queue (org_id, zoho_item_id)
        SELECT DISTINCT p_org, i FROM unnest(p_items) i WHERE i ~ '^[0-9A-Za-z_-]{1,64}$' ORDER BY i
            ON CONFLICT (org_id, zoho_item_id) DO UPDATE SET queued_at = clock_timestamp();
    END IF;
END
$$;

-- Of a table of lines: a line that comes, changes or goes names its item.
CREATE FUNCTION lines_move_stock() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM queue_items(OLD.org_id, ARRAY[OLD.zoho_item_id]);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.zoho_item_id IS DISTINCT FROM OLD.zoho_item_id THEN
        PERFORM queue_items(NEW.org_id, ARRAY[NEW.zoho_item_id]);
    END IF;
    RETURN NULL;
END
$$;

-- Of their parents: one that is voided, sent, deleted or brought back moves the stock and not its lines. Arguments: the table
-- of the lines and the column by which they name the parent.
CREATE FUNCTION parents_move_stock() RETURNS trigger
    LANGUAGE plpgsql AS
$$
DECLARE
    v_items text[];
BEGIN
    EXECUTE format('SELECT array_agg(DISTINCT zoho_item_id) FROM %1$I WHERE org_id = $1.org_id AND %2$I = $1.%2$I',
                   TG_ARGV[0], TG_ARGV[1]) INTO v_items USING NEW;
    PERFORM queue_items(NEW.org_id, v_items);
    RETURN NULL;
END
$$;

-- Has the items of lines queued: SELECT move_stock('invoices', 'invoice_lines', 'zoho_invoice_id').
CREATE FUNCTION move_stock(p_parents regclass, p_lines regclass, p_key_column text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER lines_move_stock AFTER INSERT OR UPDATE OR DELETE ON %s
                    FOR EACH ROW EXECUTE FUNCTION lines_move_stock()', p_lines);
    EXECUTE format('CREATE OR REPLACE TRIGGER parents_move_stock AFTER UPDATE OF status, deleted_at ON %s FOR EACH ROW
                    WHEN ((OLD.status, OLD.deleted_at IS NULL) IS DISTINCT FROM (NEW.status, NEW.deleted_at IS NULL))
                    EXECUTE FUNCTION parents_move_stock(%L, %L)', p_parents, p_lines, p_key_column);
END
$$;

-- What a list shows of a change in the lines, for adjustments have no last_modified_time.
ALTER TABLE stock_adjustments ADD total numeric CHECK (total > '-Infinity' AND total < 'Infinity');

DO
$$
BEGIN
    PERFORM keep_details('invoices', 'zoho_invoice_id'), keep_details('bills', 'zoho_bill_id'),
            keep_details('stock_adjustments', 'zoho_adjustment_id');
END
$$;

CREATE TABLE invoice_lines (
    org_id          text        NOT NULL,
    zoho_invoice_id text        NOT NULL,
    zoho_line_id    text        NOT NULL,                   -- #1, #2, ... where Zoho gives none
    position        integer     NOT NULL,                   -- from 1
    zoho_item_id    text,                                   -- no foreign key: its item may come later, or never
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
CREATE INDEX invoice_lines_of_an_item ON invoice_lines (org_id, zoho_item_id);

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

DO
$$
BEGIN
    PERFORM move_stock('invoices', 'invoice_lines', 'zoho_invoice_id'), move_stock('bills', 'bill_lines', 'zoho_bill_id'),
            move_stock('stock_adjustments', 'stock_adjustment_lines', 'zoho_adjustment_id');
END
$$;

-- What customers paid, and for which invoices.
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
    invoice_numbers  text,                                  -- of the list; null where Zoho leaves them out
    source           jsonb,
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at       timestamptz,
    UNIQUE (org_id, zoho_payment_id)
);
CREATE INDEX customer_payments_of_a_contact ON customer_payments (org_id, zoho_contact_id);
DO
$$
BEGIN
    PERFORM keep_details('customer_payments', 'zoho_payment_id'),
            track_changes('customer_payments', 'customer-payments', 'zoho_payment_id');
END
$$;

CREATE TABLE customer_payment_allocations (
    org_id             text        NOT NULL,
    zoho_payment_id    text        NOT NULL,
    zoho_allocation_id text        NOT NULL,                -- Zoho's invoice_payment_id; where it has none, the invoice's id
    zoho_invoice_id    text,
    amount_applied     numeric     CHECK (amount_applied > '-Infinity' AND amount_applied < 'Infinity'),
    applied_on         date,
    source             jsonb       NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, zoho_payment_id, zoho_allocation_id),
    FOREIGN KEY (org_id, zoho_payment_id) REFERENCES customer_payments (org_id, zoho_payment_id) ON DELETE CASCADE
);
CREATE INDEX customer_payment_allocations_of_an_invoice ON customer_payment_allocations (org_id, zoho_invoice_id);

-- Stock per location, as of the last answer that brought it.
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

DO
$$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        GRANT SELECT ON invoice_lines, bill_lines, stock_adjustment_lines, customer_payments, customer_payment_allocations,
                        product_stock TO saddlebag_reader;
    END IF;
END
$$;
