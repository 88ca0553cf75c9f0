-- What the sinks of all kinds share, and the tables of the kinds beside items.

-- The records of one answer: one version each, the newest; in one page the later of two equals.
CREATE FUNCTION sent_records(p_records jsonb, p_id_key text)
    RETURNS TABLE (zoho_id text, source jsonb, modified timestamptz)
    LANGUAGE sql STABLE AS
$$
    SELECT DISTINCT ON (r.source ->> p_id_key) r.source ->> p_id_key, r.source,
           CAST(NULLIF(r.source ->> 'last_modified_time', '') AS timestamptz)
      FROM jsonb_array_elements(p_records) WITH ORDINALITY AS r(source, place)
     ORDER BY 1, 3 DESC NULLS LAST, r.place DESC
$$;

-- Which version of a record wins: the higher pair (last_modified_time, moment of the request); a tombstone yields only
-- to a later request. p_again takes every record, for a mapping that was edited.
CREATE FUNCTION version_wins(p_again boolean, p_modified timestamptz, p_requested timestamptz,
                             r_modified timestamptz, r_requested timestamptz, r_deleted timestamptz)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT p_again
        OR CASE WHEN r_deleted IS NULL
                THEN (coalesce(p_modified, r_modified, '-infinity'), coalesce(p_requested, '-infinity'))
                   > (coalesce(r_modified, '-infinity'), coalesce(r_requested, '-infinity'))
                ELSE p_requested > r_requested END
$$;

-- The keys of both, the later answer's where both have one; to merge equals costs a third of a quiet page.
CREATE FUNCTION merged_source(p_row jsonb, p_answer jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN p_row = p_answer THEN p_answer ELSE coalesce(p_row, '{}') || p_answer END $$;

-- When Books last refused the organisation altogether; null: it has Books, or nobody asked.
ALTER TABLE organisations ADD books_missing_since timestamptz;

-- Customers and vendors.
CREATE TABLE customers (
    id                     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id                 text        NOT NULL,
    zoho_contact_id        text,
    name                   text,
    company_name           text,
    contact_type           text,                            -- customer or vendor
    email                  text,
    phone                  text,
    mobile                 text,
    currency               text,
    outstanding_receivable numeric     CHECK (outstanding_receivable > '-Infinity' AND outstanding_receivable < 'Infinity'),
    outstanding_payable    numeric     CHECK (outstanding_payable > '-Infinity' AND outstanding_payable < 'Infinity'),
    is_active              boolean,
    source                 jsonb,
    zoho_created_at        timestamptz,
    zoho_modified_at       timestamptz,
    requested_at           timestamptz,
    created_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at             timestamptz,
    UNIQUE (org_id, zoho_contact_id)
);

CREATE TABLE invoices (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id           text        NOT NULL,
    zoho_invoice_id  text,
    invoice_number   text,
    zoho_contact_id  text,                                  -- no foreign key: its contact may come later, or never
    status           text,
    invoice_date     date,
    due_date         date,
    total            numeric     CHECK (total > '-Infinity' AND total < 'Infinity'),
    balance          numeric     CHECK (balance > '-Infinity' AND balance < 'Infinity'),
    currency         text,
    source           jsonb,
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at       timestamptz,
    UNIQUE (org_id, zoho_invoice_id)
);
CREATE INDEX invoices_of_a_contact ON invoices (org_id, zoho_contact_id);

CREATE TABLE bills (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id           text        NOT NULL,
    zoho_bill_id     text,
    bill_number      text,
    zoho_contact_id  text,                                  -- the vendor
    status           text,
    bill_date        date,
    due_date         date,
    total            numeric     CHECK (total > '-Infinity' AND total < 'Infinity'),
    balance          numeric     CHECK (balance > '-Infinity' AND balance < 'Infinity'),
    currency         text,
    source           jsonb,
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at       timestamptz,
    UNIQUE (org_id, zoho_bill_id)
);
CREATE INDEX bills_of_a_contact ON bills (org_id, zoho_contact_id);

CREATE TABLE stock_adjustments (
    id                 bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id             text        NOT NULL,
    zoho_adjustment_id text,
    adjustment_date    date,
    reason             text,
    adjustment_type    text,                                -- quantity or value
    status             text,
    reference_number   text,
    source             jsonb,
    zoho_created_at    timestamptz,
    zoho_modified_at   timestamptz,
    requested_at       timestamptz,
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at         timestamptz,
    UNIQUE (org_id, zoho_adjustment_id)
);

CREATE TABLE price_lists (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id            text        NOT NULL,
    zoho_pricebook_id text,
    name              text,
    currency          text,
    pricebook_type    text,                                 -- fixed_percentage or per_item
    percentage        numeric     CHECK (percentage > '-Infinity' AND percentage < 'Infinity'),
    is_increase       boolean,
    sales_or_purchase text,
    is_active         boolean,
    source            jsonb,
    zoho_created_at   timestamptz,
    zoho_modified_at  timestamptz,
    requested_at      timestamptz,
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at        timestamptz,
    UNIQUE (org_id, zoho_pricebook_id)
);

DO
$$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        GRANT SELECT ON customers, invoices, bills, stock_adjustments, price_lists TO saddlebag_reader;
    END IF;
END
$$;
