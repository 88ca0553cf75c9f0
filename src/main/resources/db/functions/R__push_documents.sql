-- Shared by the SQL files of documents (sales orders, invoices, bills): the contact of a document, and its lines with the items in Zoho.

-- Items by SKU: those of the table products, and those that were pushed and are not in that table yet.
CREATE OR REPLACE FUNCTION push_items_by_sku(p_org text) RETURNS TABLE (sku text, item_id text, items bigint)
    LANGUAGE sql STABLE AS
$$
    SELECT i.sku, min(i.id), count(DISTINCT i.id)
      FROM (SELECT p.sku, p.zoho_item_id FROM products p WHERE p.org_id = p_org AND p.deleted_at IS NULL
            UNION ALL
            SELECT s.external_key, s.zoho_id FROM push_state s
             WHERE s.org_id = p_org AND s.target = 'inventory-items' AND NOT EXISTS (SELECT FROM products p WHERE p.org_id = p_org AND p.zoho_item_id = s.zoho_id)) i(sku, id)
     WHERE i.sku <> '' AND i.id IS NOT NULL GROUP BY i.sku
$$;

-- Contacts by each key that a row may use for them: their number, their email, or their value in the organisation's field of own references.
CREATE OR REPLACE FUNCTION push_contacts_by_key(p_org text, p_type text) RETURNS TABLE (key text, contact_id text, contacts bigint)
    LANGUAGE sql STABLE AS
$$
    SELECT k.key, min(c.zoho_contact_id), count(DISTINCT c.zoho_contact_id)
      FROM customers c
      JOIN organisations o USING (org_id)
     CROSS JOIN LATERAL (VALUES (c.source ->> 'contact_number'), (c.email), (c.source ->> (o.push ->> 'uniqueField')),
                                (c.source -> 'custom_field_hash' ->> (o.push ->> 'uniqueField'))) k(key)
     WHERE c.org_id = p_org AND c.contact_type = p_type AND c.deleted_at IS NULL AND c.zoho_contact_id IS NOT NULL AND k.key <> ''
     GROUP BY k.key
$$;

-- Documents with the id of their contact and with line items as Zoho takes them. needs names the contact or items that are not in Zoho yet; the document then
-- waits, because it is sent as a whole or not at all. p_type is customer or vendor. No reason quotes customer_key: it may be an e-mail address, and viewers
-- read reasons.
CREATE OR REPLACE FUNCTION push_documents(p_org text, p_type text, p_documents push_document[])
    RETURNS TABLE (record_key text, number text, contact_id text, dated date, due date, prices_include_tax boolean, line_items jsonb, total numeric, cancelled boolean,
                   refused text, needs text)
    LANGUAGE sql STABLE AS
$$
WITH document AS MATERIALIZED (
    SELECT * FROM unnest(p_documents) WITH ORDINALITY AS d(record_key, number, customer_key, zoho_contact_id, currency, dated, due, prices_include_tax, lines, total, cancelled, nth)
),
line AS (
    SELECT d.nth, l.place, l.line, d.currency, coalesce(l.line ->> 'zoho_item_id', i.item_id) AS item_id, i.items
      FROM document d
     CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(d.lines) WHEN 'array' THEN d.lines ELSE '[]' END) WITH ORDINALITY AS l(line, place)
      LEFT JOIN push_items_by_sku(p_org) i ON i.sku = l.line ->> 'sku'
),
lines AS (
    SELECT l.nth,
           jsonb_agg(jsonb_strip_nulls(jsonb_build_object('item_id', l.item_id, 'name', l.line -> 'name', 'quantity', l.line -> 'quantity', 'rate', l.line -> 'price',
                                                          'tax_id', l.line -> 'tax_id', 'account_id', l.line -> 'account_id')) ORDER BY l.place) AS items,
           string_agg(DISTINCT format('the item %s', l.line ->> 'sku'), ' and ')
               FILTER (WHERE l.item_id IS NULL AND l.line ->> 'sku' <> '') AS needs,
           string_agg(format('line %s: %s', l.place, f.fault), '; ' ORDER BY l.place) FILTER (WHERE f.fault <> '') AS refused
      FROM line l
     CROSS JOIN LATERAL (
           SELECT concat_ws(', ',
               CASE WHEN l.line ->> 'zoho_item_id' IS NULL AND l.items > 1 THEN format('%s items of Zoho have the SKU %s', l.items, l.line ->> 'sku') END,
               CASE WHEN coalesce(l.line ->> 'zoho_item_id', NULLIF(l.line ->> 'sku', ''), l.line ->> 'account_id') IS NULL
                    THEN 'sku, zoho_item_id and account_id missing' END,
               CASE WHEN jsonb_typeof(l.line -> 'quantity') IS DISTINCT FROM 'number' THEN 'quantity is no number' END,
               CASE WHEN jsonb_typeof(l.line -> 'price') IS DISTINCT FROM 'number' THEN 'price is no number'
                    ELSE push_refused_amounts(p_org, l.currency, CAST(l.line ->> 'price' AS numeric)) END)) f(fault)
     GROUP BY l.nth
)
SELECT d.record_key, d.number, coalesce(d.zoho_contact_id, c.contact_id), d.dated, d.due, d.prices_include_tax, l.items, d.total, coalesce(d.cancelled, false),
       NULLIF(concat_ws('; ',
           CASE WHEN coalesce(d.zoho_contact_id, d.customer_key, '') = '' THEN 'zoho_contact_id and customer_key missing' END,
           CASE WHEN d.zoho_contact_id IS NULL AND c.contacts > 1 THEN format('%s contacts of Zoho have its customer_key', c.contacts) END,
           CASE WHEN upper(d.currency) <> k.currency THEN format('the document is in %s, and Zoho keeps those of this %s in %s', upper(d.currency), p_type, k.currency) END,
           l.refused, push_refused_amounts(p_org, d.currency, d.total)), ''),
       NULLIF(concat_ws(' and ', CASE WHEN d.zoho_contact_id IS NULL AND c.contact_id IS NULL THEN format('the %s of its customer_key', p_type) END,
                        l.needs), '')
  FROM document d
  LEFT JOIN lines l USING (nth)
  LEFT JOIN push_contacts_by_key(p_org, p_type) c ON c.key = d.customer_key AND d.zoho_contact_id IS NULL
  LEFT JOIN customers k ON k.org_id = p_org AND k.zoho_contact_id = coalesce(d.zoho_contact_id, c.contact_id)
$$;

-- The part of a document's body with our own reference: {"custom_fields": [...]}; {} if the target cannot write to Books.
CREATE OR REPLACE FUNCTION push_own_reference(p_org text, p_target text, p_document text, p_number text) RETURNS jsonb
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN o.books_missing_since IS NULL AND NOT o.books_refused ? p_target AND o.push ? 'uniqueField'
                THEN jsonb_build_object('custom_fields', jsonb_build_array(
                         CASE WHEN o.push -> 'customFields' ? p_document THEN jsonb_build_object('customfield_id', o.push -> 'customFields' -> p_document)
                              ELSE jsonb_build_object('api_name', o.push -> 'uniqueField') END || jsonb_build_object('value', p_number)))
                ELSE '{}' END
      FROM organisations o WHERE o.org_id = p_org
$$;
