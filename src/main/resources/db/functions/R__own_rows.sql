-- Products that were made in this database: their rows have no Zoho id at first, and get one after Zoho has confirmed their item.

-- A row that is inserted without a Zoho id is marked as made here, whoever inserts it. The mark stays after the row got its id.
CREATE OR REPLACE FUNCTION note_made_here() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    NEW.made_here := true;
    RETURN NEW;
END
$$;

REVOKE EXECUTE ON FUNCTION note_made_here() FROM PUBLIC;
CREATE OR REPLACE TRIGGER made_here BEFORE INSERT ON products FOR EACH ROW WHEN (NEW.zoho_item_id IS NULL) EXECUTE FUNCTION note_made_here();
CREATE OR REPLACE TRIGGER made_here_stays BEFORE UPDATE ON products FOR EACH ROW WHEN (OLD.made_here AND NOT NEW.made_here)
    EXECUTE FUNCTION note_made_here();

-- Gives a row that was made here the id of its item in Zoho. If a webhook or a pull stored the item first, there are two rows: then the values from Zoho,
-- the stock, the picture and the prices move into our row, and the other row is deleted. A column that an installation added keeps our value; if that is
-- null, it takes the other row's value. A row that was made here is never deleted.
-- The lock of the items' sink is held, so that no page stores the item between the look-up and the write. Rows are locked first and the prices after them,
-- in the order of the triggers of products. NO KEY UPDATE, because a stronger row lock would also stop references to the row: the sink of price lists
-- holds the prices and then refers to products, so the two would deadlock.
CREATE OR REPLACE FUNCTION tie_product(p_org text, p_id bigint, p_item text) RETURNS void
    LANGUAGE plpgsql AS
$$
DECLARE
    c_zoho CONSTANT text[] := ARRAY['name', 'sku', 'description', 'price', 'purchase_price', 'stock_quantity', 'is_active', 'unit', 'brand', 'category',
                                    'item_type', 'image_name', 'source', 'shapes', 'zoho_created_at', 'zoho_modified_at', 'requested_at', 'deleted_at'];
    c_kept CONSTANT text[] := ARRAY['id', 'org_id', 'zoho_item_id', 'made_here', 'created_at', 'updated_at'];
    v_item  products%ROWTYPE;
    v_stock product_stock[];
    v_image item_images%ROWTYPE;
    v_moves text;
BEGIN
    PERFORM lock_work('sink items ' || p_org);
    PERFORM FROM products WHERE org_id = p_org AND (id = p_id OR zoho_item_id = p_item) ORDER BY id FOR NO KEY UPDATE;
    PERFORM lock_work('prices ' || p_org);
    IF NOT EXISTS (SELECT FROM products WHERE id = p_id AND org_id = p_org AND zoho_item_id IS NULL) THEN
        RETURN;
    END IF;
    SELECT * INTO v_item FROM products WHERE org_id = p_org AND zoho_item_id = p_item;
    IF v_item.made_here THEN    -- another row that was made here has this item already: both rows stay
        RETURN;
    END IF;
    IF v_item.id IS NOT NULL THEN
        v_stock := ARRAY(SELECT s FROM product_stock s WHERE s.org_id = p_org AND s.zoho_item_id = p_item);
        SELECT * INTO v_image FROM item_images WHERE org_id = p_org AND zoho_item_id = p_item;
        DELETE FROM products WHERE id = v_item.id;  -- this deletes its default price too, but not its prices from Zoho's lists
    END IF;
    -- If Zoho has a price in the same list, it replaces the default price.
    WITH replaced AS (
        DELETE FROM product_prices t USING product_prices z
         WHERE t.product_id = p_id AND z.org_id = p_org AND z.zoho_item_id = p_item AND z.product_id IS NULL AND z.list_id = t.list_id
        RETURNING t.id
    )
    UPDATE product_prices t SET product_id = p_id, zoho_item_id = p_item
     WHERE (t.product_id = p_id OR t.org_id = p_org AND t.zoho_item_id = p_item AND t.product_id IS NULL)
       AND t.id NOT IN (SELECT r.id FROM replaced r);
    IF v_item.id IS NOT NULL THEN
        SELECT string_agg(format(CASE WHEN a.attname = ANY (c_zoho) THEN '%1$I = ($1).%1$I' ELSE '%1$I = coalesce(t.%1$I, ($1).%1$I)' END, a.attname), ', ')
          INTO v_moves
          FROM pg_attribute a
         WHERE a.attrelid = CAST('products' AS regclass) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
           AND a.attname <> ALL (c_kept);
    END IF;
    EXECUTE format('UPDATE products t SET zoho_item_id = $2, updated_at = clock_timestamp()%s WHERE t.id = $3', ', ' || v_moves)
      USING v_item, p_item, p_id;
    INSERT INTO product_stock SELECT * FROM unnest(v_stock);
    IF v_image.zoho_item_id IS NOT NULL THEN
        DELETE FROM item_images WHERE org_id = p_org AND zoho_item_id = p_item; -- the row that the trigger of products has just inserted
        INSERT INTO item_images SELECT v_image.*;
    END IF;
END
$$;

-- Ties rows that were made here to the records that Zoho has just confirmed, in the transaction that stores the outcomes. For these targets the record_key is
-- the id of the row; a view of another table may have the same ids, so the row must also be what was sent, by its SKU or its name, if it has a SKU. p_outcomes and p_claim are those
-- of push_settle. A row that is tied already costs one look-up.
CREATE OR REPLACE FUNCTION push_tie_own_rows(p_org text, p_target text, p_claim bigint, p_outcomes jsonb) RETURNS void
    LANGUAGE plpgsql AS
$$
DECLARE
    v_row record;
BEGIN
    FOR v_row IN
        SELECT p.id, coalesce(o."zohoId", s.zoho_id) AS item
          FROM jsonb_to_recordset(p_outcomes) AS o(key text, outcome text, "zohoId" text)
          JOIN push_state s ON s.org_id = p_org AND s.target = p_target AND s.record_key = o.key AND s.claim = p_claim
          JOIN products p ON p.org_id = p_org AND p.id = CASE WHEN o.key ~ '^[0-9]{1,18}$' THEN CAST(o.key AS bigint) END
         WHERE o.outcome IN ('ok', 'found') AND p.zoho_item_id IS NULL AND coalesce(o."zohoId", s.zoho_id) IS NOT NULL
           AND p.made_here AND (p.sku = coalesce(s.attempt ->> 'externalKey', s.external_key) OR p.name = s.trying ->> 'name' OR p.sku IS NULL)
         ORDER BY p.id
           FOR UPDATE OF s
    LOOP
        PERFORM tie_product(p_org, v_row.id, v_row.item);
    END LOOP;
END
$$;
