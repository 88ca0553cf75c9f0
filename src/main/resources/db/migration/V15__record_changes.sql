-- Which records the pages of a run showed, rejected ones too: what none of them showed, Zoho may no longer have.
-- Of full and verify runs, and of dry ones. The number of a page is its place in the run.
CREATE TABLE sync_pages (
    run_id       bigint      NOT NULL REFERENCES sync_runs (id) ON DELETE CASCADE,
    page         bigint      NOT NULL,
    ids          text[]      NOT NULL,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, page)
);

-- Every change of a tracked column of a record of Zoho: the answer to "which call wrote this price?".
CREATE TABLE record_changes (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id      text        NOT NULL,
    entity      text        NOT NULL,
    zoho_id     text        NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    column_name text        NOT NULL,
    before      jsonb,                  -- of the column's own kind: 9.5, "Lantern", true; null when it was empty
    after       jsonb,
    source      text        NOT NULL,   -- pull, webhook, api (one record, by a person), remap; sql: a statement of somebody's own
    run_id      bigint,
    call_id     bigint                  -- zoho_calls: the call whose answer brought it
);
CREATE INDEX record_changes_of_record ON record_changes (org_id, entity, zoho_id);
CREATE INDEX record_changes_of_run ON record_changes (run_id) WHERE run_id IS NOT NULL;

-- The same, with the call. A call leaves the ledger after zoho.ledger-days; the change stays as long as saddlebag.history.days.
CREATE VIEW record_history AS
SELECT c.org_id, c.entity, c.zoho_id, c.changed_at, c.column_name, c.before, c.after, c.source, c.run_id, c.call_id,
       z.at AS called_at, z.method, z.path, z.purpose, z.status
  FROM record_changes c
  LEFT JOIN zoho_calls z ON z.id = c.call_id;

-- Notes what an UPDATE changed, once for the statement. Arguments of the trigger: entity and the column of the Zoho id.
-- Who writes is in the transaction's settings saddlebag.source, .run_id and .call_id. With saddlebag.with_source on, rows of
-- which only what no column holds has changed are noted by the keys of their source.
-- An entity '' is the row's own, of a table of several kinds.
-- As its owner: who may correct a row by hand need not be able to write history. The sinks switch hash joins off.
CREATE FUNCTION note_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_hashjoin = on AS
$$
DECLARE
    c_untracked CONSTANT text[] := ARRAY['id', 'org_id', TG_ARGV[1], 'source', 'detailed', 'requested_at', 'created_at', 'updated_at'];
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
    -- json, xml and shapes cannot be compared but as text
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

-- Has the changes of a table of Zoho data noted: SELECT track_changes('products', 'items', 'zoho_item_id'). Of every column
-- it has or will have, but for its keys, source and the times that are ours.
CREATE FUNCTION track_changes(p_table regclass, p_entity text, p_key text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER record_changes AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION note_changes(%L, %L)', p_table, p_entity, p_key);
END
$$;

SELECT track_changes(CAST(k.name AS regclass), k.entity, k.key)
  FROM (VALUES ('products', 'items', 'zoho_item_id'), ('customers', 'contacts', 'zoho_contact_id'),
               ('invoices', 'invoices', 'zoho_invoice_id'), ('bills', 'bills', 'zoho_bill_id'),
               ('stock_adjustments', 'stock-adjustments', 'zoho_adjustment_id'),
               ('price_lists', 'price-lists', 'zoho_pricebook_id')) AS k(name, entity, key)
 WHERE to_regclass(k.name) IS NOT NULL;

DO
$$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        GRANT SELECT ON record_changes, record_history TO saddlebag_reader;
    END IF;
END
$$;
