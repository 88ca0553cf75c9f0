-- What a business brings beside push_products: its add-ons, its services and its documents. The default views are empty.
-- The currency of an organisation decides which prices can be sent.
-- R__push.sql eb46667d17da0f2e
-- R__push_amounts.sql f5c27434f2dae80d
-- R__push_documents.sql 9b791da8166fb1b9

ALTER TABLE organisations
    ADD COLUMN currency          text,
    ADD COLUMN currency_decimals integer;
COMMENT ON COLUMN organisations.currency IS 'currency_code of GET /organizations, as the last check read it; null: no check yet, so no price is refused for its currency';
COMMENT ON COLUMN organisations.currency_decimals IS 'price_precision of the same answer';
COMMENT ON COLUMN organisations.push IS
    'settings of push targets: uniqueField, the custom field of Books with own references, which takes no duplicates; customFields, its id by kind of document '
    '({"salesorder": "460000000099001"}); accountId, purchaseAccountId, inventoryAccountId, taxId and locationId, which items get that name none of their own';

CREATE VIEW push_addons AS
SELECT CAST(NULL AS text) AS org_id, CAST(NULL AS text) AS code, CAST(NULL AS text) AS name, CAST(NULL AS numeric) AS price, CAST(NULL AS text[]) AS plan_codes
 WHERE false;
COMMENT ON VIEW push_addons IS
    'Own add-ons of Zoho Billing, one row each; plan_codes are those of the plans that take it. Replace the view by one of your own tables. Columns that it may '
    'have besides: currency, price_may_be_zero, is_active, unit_name (otherwise "unit"), type, interval_unit (otherwise as the plans), description, tax_id.';

CREATE VIEW push_service_items AS
SELECT CAST(NULL AS text) AS org_id, CAST(NULL AS text) AS sku, CAST(NULL AS text) AS name, CAST(NULL AS numeric) AS price
 WHERE false;
COMMENT ON VIEW push_service_items IS
    'Own services of Zoho Billing that are sold once, such as an installation, one row each. Replace the view by one of your own tables. Columns that it may have '
    'besides: currency, price_may_be_zero, is_active, description, tax_id.';

CREATE VIEW push_sales_orders AS
SELECT CAST(NULL AS text) AS org_id, CAST(NULL AS text) AS record_key, CAST(NULL AS text) AS number, CAST(NULL AS text) AS customer_key,
       CAST(NULL AS text) AS zoho_contact_id, CAST(NULL AS text) AS currency, CAST(NULL AS date) AS dated, CAST(NULL AS date) AS due,
       CAST(NULL AS boolean) AS prices_include_tax, CAST(NULL AS jsonb) AS lines, CAST(NULL AS numeric) AS total, false AS cancelled
 WHERE false;
COMMENT ON VIEW push_sales_orders IS
    'Own sales orders: a row that appears is sent once. lines is an array of {sku or zoho_item_id, name, quantity, price, tax_id, account_id}; the customer is named by '
    'zoho_contact_id, or by customer_key: a number or an own reference that one contact has. total is compared with that of Zoho. Replace the view by one of your own tables.';

CREATE VIEW push_invoices AS
SELECT CAST(NULL AS text) AS org_id, CAST(NULL AS text) AS record_key, CAST(NULL AS text) AS number, CAST(NULL AS text) AS customer_key,
       CAST(NULL AS text) AS zoho_contact_id, CAST(NULL AS text) AS currency, CAST(NULL AS date) AS dated, CAST(NULL AS date) AS due,
       CAST(NULL AS boolean) AS prices_include_tax, CAST(NULL AS jsonb) AS lines, CAST(NULL AS numeric) AS total, false AS cancelled
 WHERE false;
COMMENT ON VIEW push_invoices IS
    'Own invoices: a row that appears is sent once. lines is an array of {sku or zoho_item_id, name, quantity, price, tax_id, account_id}; the customer is named by '
    'zoho_contact_id, or by customer_key: a number or an own reference that one contact has. total is compared with that of Zoho. Replace the view by one of your own tables.';

CREATE VIEW push_bills AS
SELECT CAST(NULL AS text) AS org_id, CAST(NULL AS text) AS record_key, CAST(NULL AS text) AS number, CAST(NULL AS text) AS customer_key,
       CAST(NULL AS text) AS zoho_contact_id, CAST(NULL AS text) AS currency, CAST(NULL AS date) AS dated, CAST(NULL AS date) AS due,
       CAST(NULL AS boolean) AS prices_include_tax, CAST(NULL AS jsonb) AS lines, CAST(NULL AS numeric) AS total, false AS cancelled
 WHERE false;
COMMENT ON VIEW push_bills IS
    'Own bills of vendors: a row that appears is sent once. lines is an array of {sku or zoho_item_id, name, quantity, price, tax_id, account_id}; the vendor is named by '
    'zoho_contact_id, or by customer_key: a number or an own reference that one contact has. total is compared with that of Zoho. Replace the view by one of your own tables.';

-- A row of these three views, as their targets hand it to push_documents.
CREATE TYPE push_document AS (
    record_key         text,
    number             text,
    customer_key       text,
    zoho_contact_id    text,
    currency           text,
    dated              date,
    due                date,
    prices_include_tax boolean,
    lines              jsonb,
    total              numeric,
    cancelled          boolean
);
