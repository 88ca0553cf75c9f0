-- The body of an own invoice. An invoice is sent completely or not at all, and stays a draft, because Zoho would send a mail. A cancelled invoice is not sent; if it
-- was sent before, it stays in Zoho.
SELECT d.record_key, d.number AS external_key,
       jsonb_build_object('invoice_number', d.number, 'reference_number', d.number, 'date', d.dated, 'is_inclusive_tax', d.prices_include_tax, 'line_items', d.line_items)
       || jsonb_strip_nulls(jsonb_build_object('customer_id', d.contact_id, 'due_date', d.due)) || push_own_reference(:?org, 'books-invoices', 'invoice', d.number) AS body,
       d.refused, d.needs, d.cancelled AS gone, d.total
  FROM push_documents(:?org, 'customer', ARRAY(
       SELECT CAST(ROW(v.record_key, v.number, own ->> 'customer_key', own ->> 'zoho_contact_id', v.currency, v.dated, v.due, v.prices_include_tax, v.lines, v.total,
                       v.cancelled) AS push_document)
         FROM push_invoices v
        CROSS JOIN LATERAL to_jsonb(v) own
        WHERE v.org_id = :?org AND (CAST(:?keys AS text[]) IS NULL OR v.record_key = ANY (CAST(:?keys AS text[]))))) d
