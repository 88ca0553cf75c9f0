-- The history of records: which column changed, when, through whom, and by which call.

-- The functions with the owner's rights in this file find tables in this schema before those of a session (pg_temp), where a caller could put a table
-- with a trigger in the place of one of these.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Records the changes of an UPDATE, once for each statement. Arguments of the trigger: the entity ('' for a table of several kinds, in which
-- each row has its own entity) and the column of the Zoho id. The transaction's settings saddlebag.source, .run_id and .call_id say who
-- writes. If saddlebag.with_source is on, a change that shows in no column is recorded by the keys of source.
-- SECURITY DEFINER: a role that may correct a row by hand needs no right to write the history. The sinks switch hash joins off, so this
-- function switches them on.
CREATE OR REPLACE FUNCTION note_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_hashjoin = on AS
$$
DECLARE
    c_untracked CONSTANT text[] := ARRAY['id', 'org_id', TG_ARGV[1], 'source', 'shapes', 'detailed', 'requested_at', 'created_at', 'updated_at'];
    c_into      CONSTANT text := 'INSERT INTO record_changes (org_id, entity, zoho_id, source, run_id, call_id, column_name, before, after)
                                  SELECT n.org_id, coalesce(NULLIF($1, ''''), to_jsonb(n) ->> ''entity''), n.%1$I, $2, $3, $4, v.name, v.pair[1], v.pair[2]
                                    FROM old_rows o JOIN new_rows n ON o.org_id = n.org_id AND o.%1$I = n.%1$I
                                   CROSS JOIN LATERAL ';
    v_by        text := coalesce(NULLIF(current_setting('saddlebag.source', true), ''), 'sql');
    v_run       bigint := CAST(NULLIF(current_setting('saddlebag.run_id', true), '') AS bigint);
    v_call      bigint := CAST(NULLIF(current_setting('saddlebag.call_id', true), '') AS bigint);
    v_pairs     text;
    v_same      text;
    v_source    boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows) THEN
        RETURN NULL;
    END IF;
    -- json, xml and geometric types can be compared only as text
    SELECT string_agg(format('(%1$L, CASE WHEN o.%1$I%2$s IS DISTINCT FROM n.%1$I%2$s THEN ARRAY[to_jsonb(o.%1$I), to_jsonb(n.%1$I)] END)',
                             a.attname, c.as_text), ', ') FILTER (WHERE a.attname <> ALL (c_untracked)),
           string_agg(format('o.%1$I%2$s IS NOT DISTINCT FROM n.%1$I%2$s', a.attname, c.as_text), ' AND ')
               FILTER (WHERE a.attname <> ALL (c_untracked || text 'zoho_modified_at')),
           coalesce(bool_or(a.attname = 'source'), false)
      INTO v_pairs, v_same, v_source
      FROM pg_attribute a
      JOIN pg_type t ON t.oid = a.atttypid
     CROSS JOIN LATERAL (SELECT CASE WHEN t.typname IN ('json', 'xml') OR t.typcategory = 'G' THEN '::text' ELSE '' END AS as_text) c
     WHERE a.attrelid = TG_RELID AND a.attnum > 0 AND NOT a.attisdropped;
    EXECUTE format(c_into || '(VALUES %2$s) AS v(name, pair) WHERE v.pair IS NOT NULL', TG_ARGV[1], v_pairs)
      USING TG_ARGV[0], v_by, v_run, v_call;
    IF v_source AND current_setting('saddlebag.with_source', true) = 'on' THEN
        EXECUTE format(c_into || '(SELECT ''source.'' || k.key AS name, ARRAY[o.source -> k.key, n.source -> k.key] AS pair
                                     FROM jsonb_object_keys(coalesce(o.source, ''{}'') || coalesce(n.source, ''{}'')) AS k(key)
                                    WHERE o.source -> k.key IS DISTINCT FROM n.source -> k.key) v WHERE %2$s', TG_ARGV[1], v_same)
          USING TG_ARGV[0], v_by, v_run, v_call;
    END IF;
    RETURN NULL;
END
$$;

-- A role that may execute a trigger's function can attach it to its own temporary table, and then write and lock with the owner's rights.
REVOKE EXECUTE ON FUNCTION note_changes() FROM PUBLIC;

-- Records the changes of a table: SELECT track_changes('products', 'items', 'zoho_item_id'). All columns are tracked, also those that are added
-- later; except keys, source and the columns that Saddlebag fills for itself.
CREATE OR REPLACE FUNCTION track_changes(p_table regclass, p_entity text, p_key text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER record_changes AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION note_changes(%L, %L)', p_table, p_entity, p_key);
END
$$;

SELECT track_changes('products', 'items', 'zoho_item_id'),
       track_changes('customers', 'contacts', 'zoho_contact_id'),
       track_changes('invoices', 'invoices', 'zoho_invoice_id'),
       track_changes('bills', 'bills', 'zoho_bill_id'),
       track_changes('stock_adjustments', 'stock-adjustments', 'zoho_adjustment_id'),
       track_changes('customer_payments', 'customer-payments', 'zoho_payment_id'),
       track_changes('price_lists', 'price-lists', 'zoho_pricebook_id'),
       track_changes('product_prices', 'product-prices', 'id'),    -- by the price's own id, for the question which call wrote a price
       track_changes('records', '', 'zoho_id');    -- for an UPDATE of the parent; one of a partition fires the partition's trigger

-- The changes with their calls. A call leaves the ledger after zoho.ledger-days; its changes stay for saddlebag.history.days.
CREATE OR REPLACE VIEW record_history AS
SELECT c.org_id, c.entity, c.zoho_id, c.changed_at, c.column_name, c.before, c.after, c.source, c.run_id, c.call_id,
       z.at AS called_at, z.method, z.path, z.purpose, z.status
  FROM record_changes c
  LEFT JOIN zoho_calls z ON z.id = c.call_id;
