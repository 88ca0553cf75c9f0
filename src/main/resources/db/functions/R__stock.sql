-- Zoho changes an item's stock without a new last_modified_time. So each item that an invoice, bill or adjustment names is queued, to be
-- requested again.

-- The functions with the owner's rights in this file find tables in this schema before those of a session (pg_temp), where a caller could put a table
-- with a trigger in the place of one of these.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- The sinks of two kinds may queue the same items in different orders. The lock lets only one at a time; otherwise they would deadlock.
CREATE OR REPLACE FUNCTION queue_items(p_org text, p_items text[]) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    IF EXISTS (SELECT 1 FROM unnest(p_items) i WHERE i ~ '^[0-9A-Za-z_-]{1,64}$') THEN
        PERFORM lock_work('stock_queue ' || p_org);
        INSERT INTO stock_queue (org_id, zoho_item_id)
        SELECT DISTINCT p_org, i FROM unnest(p_items) i WHERE i ~ '^[0-9A-Za-z_-]{1,64}$' ORDER BY i
            ON CONFLICT (org_id, zoho_item_id) DO UPDATE SET queued_at = clock_timestamp();
    END IF;
END
$$;

-- For a table of lines: queues the item of a line that is inserted, changed or deleted.
-- SECURITY DEFINER, as for parents_move_stock: a role that may correct a line by hand needs no right to write the queue and the locks.
CREATE OR REPLACE FUNCTION lines_move_stock() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS
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

-- For the parents of lines: if an invoice is voided, sent, deleted or restored, the stock changes but the lines do not. Arguments: the table
-- of the lines, and the column by which a line names its parent.
CREATE OR REPLACE FUNCTION parents_move_stock() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS
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

REVOKE EXECUTE ON FUNCTION lines_move_stock(), parents_move_stock() FROM PUBLIC;

-- Sets these triggers on a table and its lines: SELECT move_stock('invoices', 'invoice_lines', 'zoho_invoice_id').
CREATE OR REPLACE FUNCTION move_stock(p_parents regclass, p_lines regclass, p_key_column text) RETURNS void
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

SELECT move_stock('invoices', 'invoice_lines', 'zoho_invoice_id'), move_stock('bills', 'bill_lines', 'zoho_bill_id'),
       move_stock('stock_adjustments', 'stock_adjustment_lines', 'zoho_adjustment_id');
